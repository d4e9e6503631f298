import {createHash} from 'node:crypto';
import {join} from 'node:path';

/** sun_path of a unix socket holds 108 bytes with its final zero. */
const LONGEST_SOCKET_PATH = 107;
const LONGEST_NAME = '/abci-99.sock';

/**
 * Directory for the unix sockets of a data directory: inside it, or a short one of its own under /tmp when a socket's
 * path would not fit into the kernel's 108 bytes.
 */
export function socketDirectory(data: string): string {
  const inside = join(data, 'run');
  if (Buffer.byteLength(inside + LONGEST_NAME) <= LONGEST_SOCKET_PATH) return inside;
  return join('/tmp', `vitalvault-${shortHash(data)}`);
}

/** 12 hex digits that tell one data directory from another. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
