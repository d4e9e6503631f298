export const PREFIX = 'VITALVAULT_';

/** Name of the environment variable of a setting: httpPort → VITALVAULT_HTTP_PORT. */
export function variableOf(setting: string): string {
  return PREFIX + setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
