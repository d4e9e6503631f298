import assert from 'node:assert/strict';
import {cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {StoreError} from '../src/store/store-error.js';
import {hostileContents, PlainBlocks, StoredChain, WITHOUT_SYNC} from './stored-chain.js';

const BLOCKS = 11;
const OPTIONS = {snapshotBlocks: 4, calls: WITHOUT_SYNC};
const WAY_OUT = 'restore the state directory from a backup, or delete it and let CometBFT replay every block';

export interface Damage {
  readonly file: string;
  readonly at: number;
  /** Which bit turns; undefined: the file ends here. */
  readonly bit: number | undefined;
}

/** A state directory whose contents are hostile, and what comes of it when one byte of one file is damaged. */
export class DamagedStore {
  private readonly dir: string;
  private readonly copy: string;
  private readonly plain = new PlainBlocks();

  private constructor(private readonly root: string) {
    this.dir = join(root, 'dir');
    this.copy = join(root, 'copy');
  }

  /** @param root a directory of its own */
  static async make(root: string, seed: string): Promise<DamagedStore> {
    const store = new DamagedStore(root);
    await store.write(seed);
    return store;
  }

  /** Every byte of every file, each turned and cut there. */
  damages(): Damage[] {
    return readdirSync(this.dir).flatMap((file) => {
      const bytes = readFileSync(join(this.dir, file)).length;
      return Array.from({length: bytes}, (_, at) => [
        {file, at, bit: at % 8},
        {file, at, bit: undefined},
      ]).flat();
    });
  }

  /** @returns how it ended @throws when it was neither healed nor refused with the way out, or answers otherwise */
  async outcome(damage: Damage): Promise<string> {
    this.damage(damage);
    let chain: StoredChain;
    try {
      chain = new StoredChain({dir: this.copy, ...OPTIONS});
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return saysHow(error.message, damage);
    }
    const {blocks, leaves} = this.plain;
    const {tip, refusedSnapshots, cutBytes} = chain.recovered;
    const height = Number(tip?.height ?? 0n);
    assert.equal(toHex(tip?.appHash ?? new Uint8Array()), blocks[height - 1]?.appHash ?? '');
    assert.deepEqual(
      chain.replay(blocks),
      blocks.slice(height).map(({appHash}) => appHash),
    );
    const refused = chain.readLeaves().flatMap((leaf, i) => {
      if (typeof leaf === 'string') return [saysHow(leaf, damage)];
      assert.equal(toHex(leaf), toHex(leaves[i] ?? new Uint8Array()));
      return [];
    });
    await chain.close();
    if (refused.length > 0) return 'started, a leaf refused';
    if (refusedSnapshots.length > 0) return 'healed by another snapshot';
    return cutBytes > 0 ? 'healed by replay' : 'nothing lost';
  }

  private async write(seed: string): Promise<void> {
    const other = join(this.root, 'other');
    const foreign = new StoredChain({dir: other, ...OPTIONS});
    const strange = new PlainBlocks();
    for (let height = 1; height <= 5; height++) foreign.commit(strange.add([new Uint8Array(30).fill(height)]));
    await foreign.close();
    const chain = new StoredChain({dir: this.dir, ...OPTIONS});
    for (let height = 1; height <= BLOCKS; height++) {
      chain.commit(this.plain.add(hostileContents([this.dir, other], `${seed}/${height}`)));
      await chain.store.idle();
    }
    await chain.close();
  }

  private damage({file, at, bit}: Damage): void {
    rmSync(this.copy, {recursive: true, force: true});
    cpSync(this.dir, this.copy, {recursive: true});
    const path = join(this.copy, file);
    if (bit === undefined) {
      truncateSync(path, at);
      return;
    }
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
    writeFileSync(path, bytes);
  }
}

/** A refusal names the file and the way out. */
function saysHow(message: string, {file}: Damage): string {
  assert.ok(message.includes(basename(file)) && message.includes(WAY_OUT), message);
  return 'refused';
}
