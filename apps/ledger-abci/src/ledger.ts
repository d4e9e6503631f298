import {encodeStateKey} from '@vitalvault/proofs';
import {executeBlock, genesisState, Overlay, parametersOf} from '@vitalvault/ledger-state';
import type {
  Block,
  BlockContext,
  ExecutedBlock,
  GenesisState,
  LedgerPorts,
  ProvenMisbehaviour,
  StateChange,
  Verify,
} from '@vitalvault/ledger-state';
import {cachedVerify} from './cache/cached-verify.js';
import {CheckedTxs, txName} from './cache/checked-txs.js';
import {PendingTxs} from './cache/pending-txs.js';
import {sha256Of} from '@vitalvault/contracts';
import type {StoredChange} from './store/committed-block.js';
import {CommittedState} from './store/committed-state.js';
import type {LedgerStore} from './store/ledger-store.js';
import type {Recovered} from './store/recover.js';
import type {SnapshotTip} from './store/snapshot-tip.js';

interface ExecutedHeight {
  readonly block: Block;
  readonly executed: ExecutedBlock;
  readonly changes: readonly StoredChange[];
  readonly appHash: Uint8Array;
  readonly names: readonly string[];
}

/** What CheckTx judges against until the next block is durable. */
interface CheckState {
  readonly overlay: Overlay;
  readonly context: BlockContext;
}

/** A block that is durable, and what it recorded of validators. */
export interface Committed {
  readonly tip: SnapshotTip;
  readonly misbehaviour: readonly ProvenMisbehaviour[];
}

/**
 * The life of the chain in this process: genesis, blocks executed and committed, and what CheckTx may know meanwhile.
 * All of it runs to its end without waiting, so a query never sees half a block.
 */
export class Ledger {
  readonly ports: LedgerPorts;
  readonly pending = new PendingTxs();
  state: CommittedState;
  private chain: {readonly id: string; readonly txs: CheckedTxs} | undefined;
  private last: SnapshotTip | undefined;
  /** Genesis is made durable with the first block: before that there is nothing to keep. */
  private genesis: readonly StoredChange[] = [];
  private initialHeight = 1n;
  private genesisTime = 0n;
  private next: ExecutedHeight | undefined;
  private check: CheckState | undefined;

  constructor(
    private readonly store: LedgerStore,
    recovered: Recovered,
    verify: Verify,
  ) {
    this.ports = {verify: cachedVerify(verify), sha256: sha256Of};
    this.state = recovered.state;
    this.last = recovered.tip;
    if (recovered.tip !== undefined) this.begin(recovered.tip.chainId);
  }

  /** The last durable block; undefined before the first. */
  get tip(): SnapshotTip | undefined {
    return this.last;
  }

  get txs(): CheckedTxs {
    return this.started().txs;
  }

  get chainId(): string {
    return this.started().id;
  }

  /** Genesis, again and again until the first block is durable. @throws when there is a block already */
  initChain(
    genesis: Uint8Array,
    {chainId, initialHeight, time}: {chainId: string; initialHeight: bigint; time: bigint},
  ): GenesisState & {readonly appHash: Uint8Array} {
    if (this.last !== undefined)
      throw new Error(
        `InitChain though block ${this.last.height} is durable: this state directory belongs to a chain that has begun`,
      );
    this.state = new CommittedState(sha256Of);
    const made = genesisState(genesis, this.state, this.ports);
    this.genesis = made.changes.map(toStored);
    const appHash = this.state.stage(this.genesis);
    this.state.commitStaged(this.genesis);
    [this.initialHeight, this.genesisTime, this.next, this.check] = [initialHeight, time, undefined, undefined];
    this.begin(chainId);
    return {...made, appHash};
  }

  /**
   * Executes a block on top of the committed state, which stays what queries see. May be called again for the same
   * height. @param misbehaviour of validators, as consensus proved it
   */
  execute(block: Block, txs: readonly Uint8Array[], misbehaviour: readonly ProvenMisbehaviour[] = []): ExecutedHeight {
    const expected = this.last === undefined ? this.initialHeight : this.last.height + 1n;
    if (block.height !== expected)
      throw new Error(`FinalizeBlock of height ${block.height}, but the next one is ${expected}`);
    const names = txs.map(txName);
    const executed = executeBlock(
      this.state,
      {chainId: this.chainId, block, ports: this.ports, misbehaviour},
      txs.map((tx, i) => this.txs.check(tx, names[i])),
    );
    const changes = executed.changes.map(toStored);
    this.next = {block, executed, changes, names, appHash: this.state.stage(changes)};
    return this.next;
  }

  /** Makes the executed block durable, then current. @throws when it cannot be made durable: the process must stop */
  commit(): Committed {
    if (this.next === undefined) throw new Error('Commit without FinalizeBlock');
    const {block, executed, changes, appHash, names} = this.next;
    const tip = {...block, appHash, chainId: this.chainId};
    const durable = this.last === undefined ? merged(this.genesis, changes) : changes;
    const places = this.store.append({...tip, changes: durable}, executed.leaves);
    this.state.commitStaged(changes);
    executed.leaves.forEach(({kind, patient, hash}, i) => {
      const place = places[i];
      if (place !== undefined) this.state.appendLeaf(kind, patient, hash, place);
    });
    [this.last, this.next, this.check] = [tip, undefined, undefined];
    this.pending.committed(names, block);
    this.store.snapshotIfDue(tip, this.state);
    return {tip, misbehaviour: executed.misbehaviour};
  }

  /**
   * What CheckTx judges against: the committed state with everything that CheckTx took since, as if the next block
   * began now. A courtesy that saves the pool from what would be refused; FinalizeBlock alone decides.
   */
  checkState(): CheckState {
    return (this.check ??= {
      overlay: new Overlay(this.state, sha256Of),
      context: {
        chainId: this.chainId,
        block: {
          height: this.last === undefined ? this.initialHeight : this.last.height + 1n,
          time: this.last?.time ?? this.genesisTime,
        },
        parameters: parametersOf(this.state),
        ports: this.ports,
      },
    });
  }

  /** Names of the transactions of the block that was executed last, in order. */
  get executedNames(): readonly string[] {
    return this.next?.names ?? [];
  }

  readLeaf(kind: number, patient: Uint8Array, index: number): Uint8Array {
    const log = this.state.log(kind, patient);
    if (log === undefined) throw new RangeError('there is no such log');
    return this.store.readLeaf(log.places.at(index), log.tree.leafHash(index));
  }

  private begin(id: string): void {
    this.chain = {id, txs: new CheckedTxs(id, this.ports.verify)};
  }

  private started(): {readonly id: string; readonly txs: CheckedTxs} {
    if (this.chain === undefined) throw new Error('called before InitChain');
    return this.chain;
  }
}

function toStored({kind, parts, value}: StateChange): StoredChange {
  return {key: encodeStateKey(kind, parts), value};
}

function merged(before: readonly StoredChange[], after: readonly StoredChange[]): StoredChange[] {
  const byName = new Map([...before, ...after].map((change) => [Buffer.from(change.key).toString('latin1'), change]));
  return [...byName.keys()].sort().map((name) => byName.get(name) as StoredChange);
}
