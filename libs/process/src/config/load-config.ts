import {z} from 'zod';
import {accessFaults} from './access-faults.js';
import {ConfigError} from './config-error.js';
import {commonConfig} from './shared-settings.js';
import {PREFIX, variableOf} from './variable-of.js';

/**
 * Reads the settings of `schema` from `env`. Every fault is reported at once, by name of the variable and never with
 * its value. A variable with our prefix that no setting has is a fault too, except the common ones, which a launcher
 * gives to every service.
 * @throws ConfigError
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<S> {
  const settings = new Map(Object.keys(schema.shape).map((setting) => [variableOf(setting), setting]));
  const common = new Set(Object.keys(commonConfig).map(variableOf));
  const numbers = numbersOf(schema);
  const given: Record<string, string> = {};
  const faults: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || value === undefined || value === '') continue;
    const setting = settings.get(name);
    if (setting !== undefined) given[setting] = numbers.has(setting) && !/^-?\d+$/.test(value) ? 'NaN' : value;
    else if (!common.has(name)) faults.push(`${name}: no such setting`);
  }
  faults.push(...accessFaults(given).map(([setting, fault]) => `${variableOf(setting)}: ${fault}`));
  const result = schema.safeParse(given);
  if (!result.success) faults.push(...result.error.issues.map((issue) => faultOf(issue, given)));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

// Number() takes a blank for 0, and 1e9 and 0x10 for what nobody meant.
function numbersOf(schema: z.ZodObject): ReadonlySet<string> {
  const properties = Object.entries(z.toJSONSchema(schema, {io: 'input'}).properties ?? {});
  return new Set(
    properties.flatMap(([setting, one]) => (typeof one === 'object' && one.type === 'integer' ? [setting] : [])),
  );
}

// zod's own messages may quote the value (enums, literals), so only the kind of the fault is told.
function faultOf(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const setting = String(issue.path[0] ?? '');
  const name = variableOf(setting);
  if (!Object.hasOwn(given, setting)) return `${name}: missing`;
  return `${name}: ${issue.code === 'custom' ? issue.message : issue.code.replaceAll('_', ' ')}`;
}
