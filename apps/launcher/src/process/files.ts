import {access, mkdir, open, rename} from 'node:fs/promises';
import {dirname} from 'node:path';

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
}

/** Writes a file unless it exists. */
export async function createOnce(file: string, text: () => string, mode = 0o644): Promise<void> {
  if (!(await exists(file))) await writeWhole(file, text(), mode);
}
