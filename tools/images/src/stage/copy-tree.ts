import {chmod, copyFile, lstat, mkdir, readdir, readlink, symlink} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';

export interface Copied {
  files: number;
  bytes: number;
}

/**
 * Copies the wanted files of a folder, with modes that do not depend on the umask: 755 for folders and what can be run,
 * else 644. Symbolic links stay links. Folders that would be empty are not made.
 *
 * @param wanted gets the path inside `from`
 */
export async function copyTree(
  from: string,
  to: string,
  wanted: (path: string) => boolean = () => true,
): Promise<Copied> {
  const copied = {files: 0, bytes: 0};
  const entries = await readdir(from, {recursive: true, withFileTypes: true});
  for (const entry of entries) {
    const source = join(entry.parentPath, entry.name);
    const path = relative(from, source);
    if (entry.isDirectory() || !wanted(path)) continue;
    const target = join(to, path);
    await mkdir(dirname(target), {recursive: true});
    const status = await lstat(source);
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target);
      await chmod(target, (status.mode & 0o100) === 0 ? 0o644 : 0o755);
    }
    copied.files += 1;
    copied.bytes += status.size;
  }
  return copied;
}
