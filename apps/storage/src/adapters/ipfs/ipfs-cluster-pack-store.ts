import {DomainError} from '@vitalvault/errors';
import {buildPack} from '@vitalvault/ipfs-cluster-client';
import type {IpfsClusterClient} from '@vitalvault/ipfs-cluster-client';
import type {PackStore} from '../../application/ports.js';

export interface PinOptions {
  readonly replicationMin: number;
  readonly replicationMax: number;
  readonly timeoutMs: number;
}

/** Packs as CARs on IPFS Cluster; pinned only when the pin status says so on enough peers (D-31). */
export class IpfsClusterPackStore implements PackStore {
  constructor(private readonly options: PinOptions, private readonly cluster: IpfsClusterClient) {}

  async pin(blocks: readonly {cid: string; bytes: Uint8Array}[]): Promise<{root: string; replicas: number}> {
    const {root, car} = buildPack(blocks);
    const {replicationMin, replicationMax, timeoutMs} = this.options;
    const added = await this.cluster.addCar(car, {replicationMin, replicationMax, name: 'vitalvault-pack'});
    if (added.root !== root) throw new DomainError('ipfs-unavailable', {detail: 'another root was added than was sent'});
    return {root, replicas: await this.cluster.waitPinned(root, replicationMin, timeoutMs)};
  }

  recover(root: string): Promise<void> {
    return this.cluster.recover(root);
  }
}
