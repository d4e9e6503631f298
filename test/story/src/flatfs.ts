import {join} from 'node:path';
import {CID} from 'multiformats/cid';
import {base32upper} from 'multiformats/bases/base32';

/**
 * Where kubo's flatfs (shard function next-to-last/2) keeps a block: the base32 of its multihash, below its last
 * letters but one.
 */
export function flatfsFile(repo: string, cid: string): string {
  const key = base32upper.baseEncode(CID.parse(cid).multihash.bytes);
  return join(repo, 'blocks', key.slice(-3, -1), `${key}.data`);
}
