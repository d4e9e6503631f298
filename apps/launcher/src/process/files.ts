import {access, mkdir, open, rename} from 'node:fs/promises';
import {dirname} from 'node:path';
import {LaunchError} from '../launch-error.js';

export async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

/** Writes a file so that it is either there as a whole or not at all, whatever happens in between. */
export async function writeWhole(file: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), {recursive: true});
  const handle = await open(`${file}.new`, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  // Without it a power cut could take the new name back, after others relied on what the file says.
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes a file unless it exists. */
export async function createOnce(file: string, text: () => string, mode = 0o644): Promise<void> {
  if (!(await exists(file))) await writeWhole(file, text(), mode);
}

/** Text of a file that holds a secret. @throws LaunchError when others can read it too */
export async function readPrivate(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    if (((await handle.stat()).mode & 0o077) !== 0)
      throw new LaunchError(`${file} holds a secret and can be read by others: chmod 600 ${file}`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
