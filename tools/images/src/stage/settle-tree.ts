import {chmod, lutimes, readdir} from 'node:fs/promises';
import {join} from 'node:path';

/** Gives everything in a folder one time, and its folders the mode 755, for tools that take both from the files. */
export async function settleTree(root: string, time: Date): Promise<void> {
  const entries = await readdir(root, {recursive: true, withFileTypes: true});
  // The deepest first: touching an entry changes the time of the folder it is in.
  for (const entry of entries.reverse()) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    await lutimes(path, time, time);
  }
  await chmod(root, 0o755);
  await lutimes(root, time, time);
}
