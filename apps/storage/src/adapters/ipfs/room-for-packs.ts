import type {IpfsClusterClient} from '@vitalvault/ipfs-cluster-client';

const MIB = 1_048_576;

export interface RoomForPacks {
  /** Why no pack can be stored now; undefined: one can. */
  readonly none?: string;
  /** Which part of the peers takes no more, or soon will not; undefined: all do. */
  readonly less?: string;
}

/**
 * IPFS Cluster answers its own /health while it can pin nothing: what it says of free space is what its allocator goes
 * by. A peer that is full, or that has not been heard of, is given no pin.
 * @throws DomainError ipfs-unavailable
 */
export async function roomForPacks(
  cluster: Pick<IpfsClusterClient, 'freeSpace'>,
  {replicationMin, peers, warnBytes}: {replicationMin: number; peers: number; warnBytes: number},
): Promise<RoomForPacks> {
  const free = [...(await cluster.freeSpace()).values()];
  const roomy = free.filter((bytes) => bytes > 0).length;
  const found = `${String(roomy)} of ${String(peers)} IPFS peers have free space`;
  if (roomy < replicationMin)
    return {none: `${found}, a pack needs ${String(replicationMin)}: look at the others, or enlarge their volumes`};
  if (roomy < peers) return {less: `${found}: look at the others, or enlarge their volumes`};
  const scarce = free.filter((bytes) => bytes < warnBytes).length;
  return scarce === 0
    ? {}
    : {
        less: `${String(scarce)} of ${String(peers)} IPFS peers have less than ${String(Math.round(warnBytes / MIB))} MiB left: enlarge their volumes`,
      };
}
