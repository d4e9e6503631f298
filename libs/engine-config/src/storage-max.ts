import {statfs} from 'node:fs/promises';

/**
 * What blocks may take of a volume. kubo counts the bytes of the blocks, the file system whole clusters of 4 KiB: a
 * record's block has 3,195 bytes on average (README's readings), 0.78 of its cluster. A tenth of the rest is for the
 * state of IPFS Cluster and the index of kubo on the same volume.
 */
const SHARE_OF_BLOCKS = 0.7;

/** Bytes of a file system that its user can ever fill: the part kept for root is not counted. */
export async function usableBytes(path: string): Promise<number> {
  const {blocks, bfree, bavail, bsize} = await statfs(path);
  return (blocks - bfree + bavail) * bsize;
}

/**
 * kubo's StorageMax for a volume. IPFS Cluster gives a peer no more pins when its blocks have reached it, so it is the
 * volume that decides, and never a number of ours.
 * @param volumeBytes size of the volume; peers that share one get an equal part each
 * @throws RangeError when there is no room at all
 */
export function storageMaxBytes(volumeBytes: number, peersOnIt = 1): number {
  const bytes = Math.floor((volumeBytes * SHARE_OF_BLOCKS) / peersOnIt);
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new RangeError(`a volume of ${String(volumeBytes)} bytes`);
  return bytes;
}
