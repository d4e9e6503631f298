import {createServer} from 'node:net';
import {ClusterError} from './cluster-error.js';

/**
 * Runs `work` while no other command of the test cluster can. The lock is a socket in Linux' abstract namespace, so the
 * kernel releases it however this process ends.
 */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => {
      reject(new ClusterError('Another command is bringing the test cluster up or down. Try again when it is done.'));
    });
    server.listen('\0vitalvault-k8s', resolve);
  });
  try {
    return await work();
  } finally {
    server.close();
  }
}
