import {closeSync, fstatSync, openSync, readFileSync} from 'node:fs';
import {ConfigError} from '../config/config-error.js';
import {variableOf} from '../config/variable-of.js';
import {openToOthers} from './open-to-others.js';

/**
 * Text of the file of a secret that `setting` names.
 * @throws ConfigError when it cannot be read, or when others than this process can read it too; tells no byte of it
 */
export function readPrivateText(setting: string, path: string): string {
  const name = variableOf(setting);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    // Of the open file, so that what is judged is what is read.
    if (openToOthers(fstatSync(file), process.getuid?.()))
      throw new ConfigError([`${name}: others can read the file; chmod 600`]);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${name}: the file cannot be read (${(error as {code?: string}).code ?? 'unknown'})`]);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
