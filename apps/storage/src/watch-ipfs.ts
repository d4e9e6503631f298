import type {IpfsClusterClient} from '@vitalvault/ipfs-cluster-client';
import {observe, recently} from '@vitalvault/process';
import type {LookAtCopies} from './application/look-at-copies.js';

const ROOM_EVERY_MS = 10_000;

/** Tells how the packs lie on the peers, and how much room the fullest one has. */
export function watchIpfs(look: Pick<LookAtCopies, 'short'>, cluster: Pick<IpfsClusterClient, 'freeSpace'>): void {
  observe('vitalvault.storage.packs_short', () => {
    const {belowMinimum, nowhere} = look.short;
    return [
      {labels: {state: 'below-minimum'}, value: belowMinimum},
      {labels: {state: 'nowhere'}, value: nowhere},
    ] as const;
  });
  const room = recently(ROOM_EVERY_MS, async () => [...(await cluster.freeSpace()).values()]);
  observe('vitalvault.storage.ipfs_free', async () => {
    const heard = await room();
    return heard.length === 0 ? undefined : Math.min(...heard);
  });
}
