import {readFile, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * Changes a byte of a block in a kubo repository, which keeps each as a file of its own (flatfs); found by its bytes.
 * @returns in how many places
 */
export async function flipBlock(dir: string, ciphertext: Uint8Array): Promise<number> {
  let flipped = 0;
  for (const entry of await readdir(dir, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile() || !entry.name.endsWith('.data')) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (!bytes.equals(ciphertext)) continue;
    bytes[20] = (bytes[20] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    flipped++;
  }
  return flipped;
}
