import {readFileSync} from 'node:fs';
import {readPrivateText} from '../keys/read-private-text.js';
import {ConfigError} from './config-error.js';
import {variableOf} from './variable-of.js';

/**
 * Content of the file that `setting` names, without the line end that editors and secret stores add.
 * @throws ConfigError when it is empty, cannot be read, or others can read it; never tells the content
 */
export function readSecret(setting: string, path: string): string {
  const text = readPrivateText(setting, path).replace(/\r?\n$/, '');
  if (text === '') throw new ConfigError([`${variableOf(setting)}: the file is empty`]);
  return text;
}

/** Certificates that the file of `setting` holds. @throws ConfigError when there is none */
export function readCertificates(setting: string, path: string): string {
  const name = variableOf(setting);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${name}: the file cannot be read (${(error as {code?: string}).code ?? 'unknown'})`]);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new ConfigError([`${name}: no PEM certificate in the file`]);
  return text;
}
