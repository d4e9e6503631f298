import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {StoreError} from './store-error.js';

export interface StateDirLock {
  release(): void;
}

const NAME = 'lock.sqlite';
/** SQLITE_BUSY: another connection has the lock. */
const BUSY = 5;

/**
 * Keeps a second process off a state directory. The lock is SQLite's exclusive lock on an empty file in it, which is
 *
 * the
 * kernel's (fcntl): it belongs to the file, so that it holds between two containers or network namespaces on one
 * volume, and the kernel takes it back when the process ends, however it ends. Nothing is ever written to the file.
 * @throws StoreError when another process has it.
 */
export function lockStateDir(dir: string): StateDirLock {
  const path = join(dir, NAME);
  const database = new DatabaseSync(path, {timeout: 0});
  try {
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw (cause as {errcode?: number}).errcode === BUSY
      ? new StoreError(
          `another process has the state directory ${dir}, and two of them would tear it; end the other one first`,
          {cause},
        )
      : new StoreError(`${path} cannot be locked; it is empty by rights: delete it and start again`, {cause});
  }
  return {
    release: () => {
      database.close();
    },
  };
}
