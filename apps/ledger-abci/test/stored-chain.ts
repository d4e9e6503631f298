import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {create, toBinary} from '@bufbuild/protobuf';
import {toHex, sha256Of} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {encodeStateKey, LogTree} from '@vitalvault/proofs';
import type {NewLeaf} from '@vitalvault/ledger-state';
import {seededRandom} from '@vitalvault/testkit';
import type {StoredChange} from '../src/store/committed-block.js';
import {CommittedState} from '../src/store/committed-state.js';
import type {PatrolledLog} from '../src/store/leaf-patrol.js';
import {LedgerStore} from '../src/store/ledger-store.js';
import type {StoreOptions} from '../src/store/ledger-store.js';
import type {Recovered} from '../src/store/recover.js';
import {StoreError} from '../src/store/store-error.js';

const LOG_KIND = 15;
const VALUE_KIND = 5;
const PATIENT = new Uint8Array(20).fill(7);

/** Durability is not what these specs ask for, and it takes most of the time. */
export const WITHOUT_SYNC = {sync: () => undefined, syncDirectory: () => undefined};

export interface PlainBlock {
  readonly changes: readonly StoredChange[];
  readonly leaves: readonly NewLeaf[];
  readonly appHash: string;
}

/** Blocks whose values and leaves are bytes that a spec chose, and the app hash after each. */
export class PlainBlocks {
  readonly blocks: PlainBlock[] = [];
  readonly leaves: Uint8Array[] = [];
  private readonly state = new CommittedState(sha256Of);
  private readonly log = new LogTree(sha256Of);

  /** The next block: `contents` become values, and leaves of one log. */
  add(contents: readonly Uint8Array[]): PlainBlock {
    const height = this.blocks.length + 1;
    const leaves = contents.map((leaf) => {
      this.log.append(this.state.hashOfLeaf(leaf));
      this.leaves.push(leaf);
      return {kind: LOG_KIND, patient: PATIENT, index: BigInt(this.leaves.length - 1), leaf};
    });
    const head = create(LogHeadSchema, {size: BigInt(this.log.size), root: this.log.root()});
    const changes: StoredChange[] = contents.map((value, i) => ({
      key: encodeStateKey(VALUE_KIND, [Uint8Array.of(height, i)]),
      value,
    }));
    if (leaves.length > 0)
      changes.push({key: encodeStateKey(LOG_KIND, [PATIENT]), value: toBinary(LogHeadSchema, head)});
    // One that goes, one that changes, one that comes again.
    changes.push({key: encodeStateKey(VALUE_KIND, [Uint8Array.of(height - 1, 0)]), value: undefined});
    changes.push({key: encodeStateKey(VALUE_KIND, []), value: Uint8Array.of(height)});
    if (height % 3 === 0)
      changes.push({key: encodeStateKey(VALUE_KIND, [Uint8Array.of(height - 2, 0)]), value: Uint8Array.of(height)});
    const appHash = toHex(this.state.stage(changes));
    this.state.commitStaged(changes);
    const block = {changes, leaves, appHash};
    this.blocks.push(block);
    return block;
  }
}

/** A store as the ledger drives it, with what the ledger does between two of its calls. */
export class StoredChain {
  readonly store: LedgerStore;
  readonly recovered: Recovered;
  private height: bigint;

  constructor(options: StoreOptions) {
    const {store, recovered} = LedgerStore.open({snapshotRemainder: 0, ...options});
    [this.store, this.recovered] = [store, recovered];
    this.height = recovered.tip?.height ?? 0n;
  }

  get state(): CommittedState {
    return this.recovered.state;
  }

  commit({changes, leaves}: PlainBlock): string {
    const appHash = this.state.stage(changes);
    const tip = {height: this.height + 1n, time: 1_000n + this.height, appHash, chainId: 'stored-chain'};
    const places = this.store.append({...tip, changes}, leaves);
    this.state.commitStaged(changes);
    leaves.forEach(({kind, patient, leaf}, i) => {
      this.state.appendLeaf(kind, patient, this.state.hashOfLeaf(leaf), places[i] as never);
    });
    this.height = tip.height;
    this.store.snapshotIfDue(tip, this.state);
    return toHex(appHash);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** Goes on to the last of `blocks`, as CometBFT replays them. @returns the app hashes */
  replay(blocks: readonly PlainBlock[]): string[] {
    return blocks.slice(Number(this.height)).map((block) => this.commit(block));
  }

  /** The log, as it is patrolled. */
  patrolled(): PatrolledLog[] {
    const log = this.state.log(LOG_KIND, PATIENT);
    if (log === undefined) return [];
    const read = (index: number) => this.store.readLeaf(log.places.at(index), log.tree.leafHash(index));
    return [{size: log.tree.size, read}];
  }

  /** The leaves of the log; the error's message where one is refused. */
  readLeaves(): (Uint8Array | string)[] {
    const log = this.state.log(LOG_KIND, PATIENT);
    return Array.from({length: log?.tree.size ?? 0}, (_, index) => {
      try {
        return this.store.readLeaf(log?.places.at(index) as never, log?.tree.leafHash(index) as never);
      } catch (error) {
        if (error instanceof StoreError) return error.message;
        throw error;
      }
    });
  }
}

/**
 * What an attacker would write into her records: whole records of this directory and of another, some of them such as
 * would come next; lengths; magic words; the frames of the format before this one.
 */
export function hostileContents(dirs: readonly string[], seed: string): Uint8Array[] {
  const random = seededRandom(seed);
  const below = (most: number): number => Buffer.from(random(4)).readUInt32LE() % Math.max(1, most);
  const files = dirs.flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => /\.vv[cs]$/.test(name))
      .map((name) => readFileSync(join(dir, name))),
  );
  const copies = files.map((file) => {
    const from = below(2) === 0 ? Math.min(81, file.length) : below(file.length);
    return new Uint8Array(file.subarray(from, from + 400));
  });
  const empty = Buffer.concat([Buffer.from('VVR1'), Buffer.alloc(4), sha256Of(new Uint8Array()).subarray(0, 16)]);
  return [...copies.slice(-3), new Uint8Array(empty), new Uint8Array(50), Buffer.from('VVCHLG2\n'), random(20)];
}
