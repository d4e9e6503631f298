import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';

/** Bytes of all files below a directory whose names hold. */
export function bytesBelow(directory: string, holds: (name: string) => boolean = () => true): number {
  let sum = 0;
  for (const entry of readdirSync(directory, {recursive: true, withFileTypes: true}))
    if (entry.isFile() && holds(entry.name)) sum += statSync(join(entry.parentPath, entry.name)).size;
  return sum;
}
