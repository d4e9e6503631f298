import {z} from 'zod';
import {commonConfig} from './shared-settings.js';

const PREFIX = 'VITALVAULT_';

/** The environment does not give a valid configuration. Names keys, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(`configuration: ${faults.join('; ')}`);
  }
}

/** Name of the environment variable of a setting: httpPort → VITALVAULT_HTTP_PORT. */
export function variableOf(setting: string): string {
  return PREFIX + setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Reads the settings of `schema` from `env`. Every fault is reported at once, by name of the variable and never with its value.
 * A variable with our prefix that no setting has is a fault too, except the common ones, which a launcher gives to every service.
 * @throws ConfigError
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Readonly<Record<string, string | undefined>>): z.infer<S> {
  const settings = new Map(Object.keys(schema.shape).map((setting) => [variableOf(setting), setting]));
  const common = new Set(Object.keys(commonConfig).map(variableOf));
  const given: Record<string, string> = {};
  const faults: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || value === undefined || value === '') continue;
    const setting = settings.get(name);
    if (setting !== undefined) given[setting] = value;
    else if (!common.has(name)) faults.push(`${name}: no such setting`);
  }
  const result = schema.safeParse(given);
  if (!result.success) faults.push(...result.error.issues.map((issue) => faultOf(issue, given)));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

// zod's own messages may quote the value (enums, literals), so only the kind of the fault is told.
function faultOf(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const setting = String(issue.path[0] ?? '');
  const name = variableOf(setting);
  if (!Object.hasOwn(given, setting)) return `${name}: missing`;
  return `${name}: ${issue.code === 'custom' ? issue.message : issue.code.replaceAll('_', ' ')}`;
}
