import {lstat, mkdir} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {errnoOf, LaunchError} from '../launch-error.js';
import type {Layout} from '../plan/layout.js';

/** Makes the directory of the unix sockets; outside the data directory only one that is this user's own is used. */
export async function ensureSocketDirectory(layout: Layout): Promise<void> {
  if (layout.sockets === layout.run) return;
  try {
    await mkdir(layout.sockets, {mode: 0o700});
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    const {uid, mode} = await lstat(layout.sockets);
    if (uid !== userInfo().uid || (mode & 0o170_077) !== 0o040_000)
      throw new LaunchError(
        `${layout.sockets} exists and is not your own directory. Remove it, or use a shorter DATA=dir.`,
      );
  }
}
