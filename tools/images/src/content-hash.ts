import {createHash} from 'node:crypto';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import {join, relative} from 'node:path';

/** SHA-256 over names and contents of files and folders, in the order of the names. */
export async function contentHash(
  paths: readonly string[],
  wanted: (path: string) => boolean = () => true,
): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const status = await lstat(path);
    const files = status.isDirectory()
      ? (await readdir(path, {recursive: true, withFileTypes: true}))
          .filter((e) => !e.isDirectory())
          .map((e) => join(e.parentPath, e.name))
          .sort()
      : [path];
    for (const file of files) {
      if (!wanted(file)) continue;
      const content = (await lstat(file)).isSymbolicLink() ? Buffer.from(await readlink(file)) : await readFile(file);
      hash.update(`${relative(path, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}
