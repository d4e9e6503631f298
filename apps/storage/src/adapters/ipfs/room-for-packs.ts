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
  const heard = await cluster.freeSpace();
  const full = [...heard].flatMap(([peer, bytes]) => (bytes > 0 ? [] : [peer]));
  const roomy = heard.size - full.length;
  const why = [
    ...(full.length === 0 ? [] : [`no space at ${full.join(', ')}: enlarge the volume`]),
    ...(heard.size >= peers ? [] : [`nothing heard of ${String(peers - heard.size)}: look whether it runs`]),
  ].join('; ');
  const found = `${String(roomy)} of ${String(peers)} IPFS peers can take a pack`;
  if (roomy < replicationMin) return {none: `${found}, and it needs ${String(replicationMin)} (${why})`};
  if (roomy < peers) return {less: `${found} (${why})`};
  const scarce = [...heard.values()].filter((bytes) => bytes < warnBytes).length;
  return scarce === 0
    ? {}
    : {
        less: `${String(scarce)} of ${String(peers)} IPFS peers have less than ${String(Math.round(warnBytes / MIB))} MiB left: enlarge their volumes`,
      };
}
