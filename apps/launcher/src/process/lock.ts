import {createServer} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {errnoOf} from '../launch-error.js';
import {shortHash} from '../plan/socket-directory.js';

/**
 * Runs `work` while holding a lock on `subject` that no other launcher of this machine can hold. The lock is a socket
 * in Linux' abstract namespace, so the kernel releases it however this process ends: there is no stale lock.
 * @param onWait called once if somebody else holds it.
 */
export async function withLock<T>(subject: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const name = `\0vitalvault-${shortHash(subject)}`;
  for (let waited = false; ;) {
    const release = await tryListen(name);
    if (release !== undefined) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (!waited) onWait();
    waited = true;
    await sleep(250);
  }
}

function tryListen(path: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (errnoOf(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      server.unref();
      resolve(
        () =>
          new Promise((done) =>
            server.close(() => {
              done();
            }),
          ),
      );
    });
  });
}
