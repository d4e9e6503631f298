import {DomainError} from '@vitalvault/errors';
import {buildBlockCar, buildPack, rootOf} from '@vitalvault/ipfs-cluster-client';
import type {IpfsClusterClient} from '@vitalvault/ipfs-cluster-client';
import type {Block, PackCopies, PackStore} from '../../application/ports.js';

export interface PinOptions {
  readonly replicationMin: number;
  readonly replicationMax: number;
  readonly timeoutMs: number;
}

/** Packs as CARs on IPFS Cluster; pinned only when the pin status says so on enough peers (D-31). */
export class IpfsClusterPackStore implements PackStore, PackCopies {
  constructor(
    private readonly options: PinOptions,
    private readonly cluster: IpfsClusterClient,
  ) {}

  rootOf(cids: readonly string[], id: Uint8Array): string {
    return rootOf(cids, id);
  }

  async pin(blocks: readonly Block[], {root, id, signal}: Parameters<PackStore['pin']>[1]): Promise<number> {
    const {replicationMin, replicationMax, timeoutMs} = this.options;
    const {car} = buildPack(blocks, id);
    const added = await this.cluster.addCar(car, {replicationMin, replicationMax, name: 'vitalvault-pack', signal});
    if (added.root !== root)
      throw new DomainError('ipfs-unavailable', {detail: 'another root was added than was sent'});
    return this.cluster.waitPinned(root, replicationMin, timeoutMs, signal);
  }

  unpin(root: string, signal: AbortSignal): Promise<void> {
    return this.cluster.unpin(root, signal);
  }

  async copies(root: string, signal: AbortSignal): Promise<number | undefined> {
    const said = Object.values((await this.cluster.status(root, signal)).peers);
    return said.includes('cluster_error') ? undefined : said.filter((status) => status === 'pinned').length;
  }

  recover(root: string): Promise<void> {
    return this.cluster.recover(root);
  }

  /**
   * kubo's API is not ours to call, and `recover` does not look at blocks that are there: the block is added again,
   * which kubo writes again because it keeps no cache of what it has (docs/adr/0010). The pin that adding makes is
   * taken back: the pack's own pin holds the block.
   */
  async rewrite(root: string, block: Block): Promise<void> {
    const {peers} = await this.cluster.status(root);
    const holders = Object.entries(peers)
      .filter(([, status]) => status === 'pinned')
      .map(([peer]) => peer);
    if (holders.length === 0) throw new DomainError('ipfs-unavailable', {detail: 'no peer holds the pack'});
    const replicas = {
      replicationMin: holders.length,
      replicationMax: holders.length,
      name: 'vitalvault-repair',
      peers: holders,
    };
    await this.cluster.addCar(buildBlockCar(block), replicas);
    await this.cluster.waitPinned(block.cid, holders.length, this.options.timeoutMs);
    await this.cluster.unpin(block.cid);
  }
}
