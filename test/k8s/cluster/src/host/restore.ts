import {lstat, readdir, readFile, readlink, rm, rmdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Layout} from '../layout.js';
import {SHARED_FOLDERS, sysctlFile} from './before.js';
import type {Before} from './before.js';

const listeningSockets = async () =>
  new Set((await readFile('/proc/net/unix', 'utf8')).split('\n').map((line) => line.split(' ').at(-1) ?? ''));

/** Whether a file of a shared folder was left by our cluster, whatever else may use the folder by now. */
async function isOurs(layout: Layout, path: string, listening: ReadonlySet<string>): Promise<boolean> {
  // Results of the plugins name the network namespace that they worked in; ours are below our folder.
  if (path.startsWith('/var/lib/cni/results/'))
    return (await readFile(path, 'utf8').catch(() => '')).includes(`${layout.root}/`);
  if (path.startsWith('/run/containerd/s/') || path.startsWith('/var/lib/kubelet/device-plugins/'))
    return !listening.has(path);
  const entry = await lstat(path).catch(() => undefined);
  return entry?.isSymbolicLink() === true && (await readlink(path)).startsWith(`${layout.root}/`);
}

/** Sets the kernel's settings and the shared folders to what they were. */
export async function restore(layout: Layout, before: Before): Promise<void> {
  for (const [name, value] of Object.entries(before.sysctls)) {
    const now = (await readFile(sysctlFile(name), 'utf8')).trim();
    if (now !== value) await writeFile(sysctlFile(name), value);
  }
  const listening = await listeningSockets();
  for (const folder of SHARED_FOLDERS) {
    const kept = before.folders[folder];
    const paths = (await readdir(folder, {recursive: true}).catch(() => []))
      .filter((name) => kept?.includes(name) !== true)
      .map((name) => join(folder, name));
    for (const path of paths) if (await isOurs(layout, path, listening)) await rm(path, {force: true});
    // Longest first is children first; what is not empty stays.
    for (const path of paths.sort((a, b) => b.length - a.length)) await rmdir(path).catch(() => undefined);
    if (kept === undefined) await rmdir(folder).catch(() => undefined);
  }
}
