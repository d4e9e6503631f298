import {createHash, hash} from 'node:crypto';

/** SHA-256 as 32 characters, one for each byte: a name for maps. */
export function sha256Text(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary');
}

/** For what is too long to be in memory at once. */
export const streamingSha256 = (): ReturnType<typeof createHash> => createHash('sha256');
