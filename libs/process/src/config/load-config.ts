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
  const {given, empty, unknown} = sorted(schema, env);
  const faults = unknown.map((name) => `${name}: no such setting`);
  faults.push(...accessFaults(given).map(([setting, fault]) => `${variableOf(setting)}: ${fault}`));
  const result = schema.safeParse(given);
  faults.push(...[...empty].map((setting) => `${variableOf(setting)}: empty; give it a value, or leave it out`));
  const issues = result.success ? [] : result.error.issues.filter(({path}) => !empty.has(String(path[0])));
  faults.push(...issues.map((issue) => faultOf(issue, given)));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

interface Sorted {
  readonly given: Record<string, string>;
  /** What a shell's unset variable leaves: taken for left out, it would switch TLS off and say nothing. */
  readonly empty: Set<string>;
  readonly unknown: string[];
}

function sorted(schema: z.ZodObject, env: Readonly<Record<string, string | undefined>>): Sorted {
  const settings = new Map(Object.keys(schema.shape).map((setting) => [variableOf(setting), setting]));
  const common = new Set(Object.keys(commonConfig).map(variableOf));
  const numbers = numbersOf(schema);
  const found: Sorted = {given: {}, empty: new Set(), unknown: []};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || value === undefined) continue;
    const setting = settings.get(name);
    if (setting === undefined && !common.has(name)) found.unknown.push(name);
    if (setting === undefined) continue;
    if (value === '') found.empty.add(setting);
    else found.given[setting] = numbers.has(setting) && !/^-?\d+$/.test(value) ? 'NaN' : value;
  }
  return found;
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
