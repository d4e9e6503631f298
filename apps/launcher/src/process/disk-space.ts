import {statfs} from 'node:fs/promises';
import {LaunchError} from '../launch-error.js';

/** @throws LaunchError when the file system of `dir` has less than `bytes` left for this user. */
export async function requireDiskSpace(dir: string, bytes: number, purpose: string): Promise<void> {
  const {bavail, bsize} = await statfs(dir);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const mib = (n: number) => `${String(Math.floor(n / 1024 ** 2))} MiB`;
  throw new LaunchError(
    `The disk under ${dir} is (nearly) full: ${mib(free)} free, ${purpose} needs ${mib(bytes)}. Free some space, or use DATA=dir and VITALVAULT_CACHE=dir on another disk.`,
  );
}
