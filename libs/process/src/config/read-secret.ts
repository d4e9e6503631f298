import {readFileSync} from 'node:fs';
import {ConfigError} from './config-error.js';
import {variableOf} from './variable-of.js';

/**
 * Content of the file that `setting` names, without the line end that editors and secret stores add. @throws
 * ConfigError names the variable and why, never the content
 */
export function readSecret(setting: string, path: string): string {
  const text = readText(setting, path).replace(/\r?\n$/, '');
  if (text === '') throw new ConfigError([`${variableOf(setting)}: the file is empty`]);
  return text;
}

/** Certificates that the file of `setting` holds. @throws ConfigError when there is none */
export function readCertificates(setting: string, path: string): string {
  const text = readText(setting, path);
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new ConfigError([`${variableOf(setting)}: no PEM certificate in the file`]);
  return text;
}

function readText(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError([`${variableOf(setting)}: the file cannot be read (${code})`]);
  }
}
