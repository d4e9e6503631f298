import {rootOf} from '@vitalvault/ipfs-cluster-client';
import type {Block, PackStore} from '../../src/application/ports.js';

/** IPFS Cluster as far as packs go: which roots are pinned, and that none is which no table knows. */
export class MadeCluster implements Pick<PackStore, 'rootOf' | 'pin' | 'unpin'> {
  readonly pinned = new Map<string, readonly string[]>();
  readonly unknown: string[] = [];
  pins = 0;

  /** @param isKnown whether a root is in the table of packs now */
  constructor(private readonly isKnown: (root: string) => Promise<boolean>) {}

  rootOf(cids: readonly string[], id: Uint8Array): string {
    return rootOf(cids, id);
  }

  async pin(blocks: readonly Block[], {root, signal}: Parameters<PackStore['pin']>[1]): Promise<number> {
    signal.throwIfAborted();
    this.pins++;
    if (!(await this.isKnown(root))) this.unknown.push(root);
    this.pinned.set(
      root,
      blocks.map(({cid}) => cid),
    );
    return 3;
  }

  unpin(root: string): Promise<void> {
    this.pinned.delete(root);
    return Promise.resolve();
  }
}
