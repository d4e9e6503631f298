import {lstat, unlink} from 'node:fs/promises';
import {connect} from 'node:net';

// sun_path of Linux is 108 bytes with its closing zero.
const MAX_PATH_BYTES = 107;

/**
 * Makes sure that `path` can be listened on: removes the socket file of a process that is gone.
 * @throws Error with what to do, when the path is too long, is served by a living process or is no socket.
 */
export async function claimSocketPath(path: string): Promise<void> {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES)
    throw new Error(
      `socket path has ${bytes} bytes, at most ${MAX_PATH_BYTES} work: choose a shorter directory: ${path}`,
    );
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} exists and is no socket: move it away`);
  if (await answers(path)) throw new Error(`another process serves ${path}: stop it first`);
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({path});
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => {
      resolve(false);
    });
  });
}
