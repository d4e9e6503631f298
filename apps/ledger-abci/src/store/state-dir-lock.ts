import {createServer} from 'node:net';
import type {Server} from 'node:net';
import {statSync} from 'node:fs';
import {join} from 'node:path';
import {StoreError} from './store-error.js';

export interface StateDirLock {
  release(): Promise<void>;
}

/**
 * Keeps a second process off a state directory. The lock is an abstract unix socket named by the directory's inode: the
 * kernel gives it to one process and takes it back when that process ends, however it ends, so there is no stale lock.
 * @throws StoreError when another process has it.
 */
export async function lockStateDir(dir: string): Promise<StateDirLock> {
  const {dev, ino} = statSync(dir, {bigint: true});
  const path = process.platform === 'linux' ? `\0vitalvault-ledger-${dev}-${ino}` : join(dir, 'lock.sock');
  const server = createServer((socket) => {
    socket.destroy();
  });
  await listen(server, path, dir);
  server.unref();
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function listen(server: Server, path: string, dir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new StoreError(`another process has the state directory ${dir}; two of them would tear it`, {cause})
          : cause,
      );
    });
    server.listen({path}, () => {
      resolve();
    });
  });
}
