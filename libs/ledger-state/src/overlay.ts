import {fromBinary} from '@bufbuild/protobuf';
import type {DescMessage, Message, MessageShape} from '@bufbuild/protobuf';
import {equalBytes, STATE_KIND} from '@vitalvault/contracts';
import type {Frontier, Sha256} from '@vitalvault/proofs';
import {leafHash} from '@vitalvault/proofs';
import {load, save, SLOTS} from './state-slots.js';
import {keyName} from './state-view.js';
import type {HashedLeaf, MutableState, NewLeaf, StateChange, StateView} from './state-view.js';

/** State that contradicts itself: never a refusal, always a stop. */
export class CorruptStateError extends Error {
  override readonly name = 'CorruptStateError';
}

/** How much there is in a state. */
export interface StateTotals {
  /** Of the map. */
  readonly keys: bigint;
  /** Of all logs. */
  readonly leaves: bigint;
}

/** What a state says of its own size; nothing before genesis. @spec docs/protocol.md §5.1, kind 23 */
export function sizeOf(view: StateView): StateTotals {
  return load(view, SLOTS.stateSize, []) ?? {keys: 0n, leaves: 0n};
}

/** Decoded values that are kept: a few megabytes, however long CheckTx goes on without a block. */
const MOST_MESSAGES = 4_096;

/**
 * Changes on top of a state, which itself stays as it is. A transaction writes to a fork that is absorbed only if the
 * transaction succeeds, so a refusal leaves nothing behind.
 */
export class Overlay implements MutableState {
  private readonly values = new Map<string, StateChange>();
  /** Sizes of the logs that grew. */
  private readonly sizes = new Map<string, bigint>();
  private readonly appended: NewLeaf[] = [];
  // Keys that there are more (or fewer) than in the base.
  private newKeys = 0;
  private below: StateTotals | undefined;

  constructor(
    private readonly base: StateView | Overlay,
    /** The port of all that is hashed on the way. */
    readonly sha256: Sha256,
    private readonly messages = new Map<Uint8Array, Message>(),
  ) {}

  // A fork asks its base by the name it has made already.
  get(kind: number, parts: readonly Uint8Array[], name = keyName(kind, parts)): Uint8Array | undefined {
    const change = this.values.get(name);
    return change === undefined ? this.base.get(kind, parts, name) : change.value;
  }

  /** Each value is decoded once for an overlay and all of its forks, however often it is asked for. */
  decoded<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
    const known = this.messages.get(bytes);
    if (known?.$typeName === schema.typeName) return known as MessageShape<D>;
    // Frozen: it is the same one for every transaction that asks.
    const message = fromBinary(schema, bytes);
    Object.freeze(message);
    if (this.messages.size >= MOST_MESSAGES) this.messages.clear();
    this.messages.set(bytes, message);
    return message;
  }

  set(kind: number, parts: readonly Uint8Array[], value: Uint8Array | undefined): void {
    const name = keyName(kind, parts);
    const before = this.get(kind, parts, name) !== undefined;
    this.newKeys += Number(value !== undefined) - Number(before);
    this.values.set(name, {kind, parts, value});
  }

  /** Keys and leaves of the state with these changes; the heads of logs that are new are among the keys. */
  size(): StateTotals {
    const {keys, leaves} = this.base instanceof Overlay ? this.base.size() : (this.below ??= sizeOf(this.base));
    return {keys: keys + BigInt(this.newKeys), leaves: leaves + BigInt(this.appended.length)};
  }

  /** What these changes alone add; keys may be fewer than before. */
  growth(): {keys: number; leaves: number} {
    return {keys: this.newKeys, leaves: this.appended.length};
  }

  /** Leaves that a log has; by the authenticated map and these changes, and nothing else. */
  logSize(kind: number, patient: Uint8Array): bigint {
    return this.sizeOfLog(keyName(kind, [patient]), kind, patient);
  }

  /** Appends canonical leaf bytes to a log; its index is the log's size before. Hashed when the block is finished. */
  append(kind: number, patient: Uint8Array, leaf: Uint8Array): void {
    const name = keyName(kind, [patient]);
    const index = this.sizeOfLog(name, kind, patient);
    // Its head is written when the block is finished.
    if (index === 0n) this.newKeys += 1;
    this.sizes.set(name, index + 1n);
    this.appended.push({kind, patient, index, leaf});
  }

  fork(): Overlay {
    return new Overlay(this, this.sha256, this.messages);
  }

  absorb(fork: Overlay): void {
    for (const [name, change] of fork.values) this.values.set(name, change);
    for (const [name, size] of fork.sizes) this.sizes.set(name, size);
    this.appended.push(...fork.appended);
    this.newKeys += fork.newKeys;
  }

  /**
   * Of changes right above a state, not of a fork: writes the heads of the logs that grew and gives all changes,
   * ascending by key name, and the leaves as appended.
   * @throws CorruptStateError when a log does not fit its head
   */
  finish(): {changes: StateChange[]; leaves: HashedLeaf[]} {
    const {base} = this;
    if (base instanceof Overlay) throw new Error('a fork is absorbed, not finished');
    // The heads were counted with their first leaves.
    const size = this.size();
    const frontiers = new Map<string, Frontier>();
    const leaves = this.appended.map((leaf): HashedLeaf => {
      const name = keyName(leaf.kind, [leaf.patient]);
      const hash = leafHash(leaf.leaf, this.sha256);
      const frontier = frontiers.get(name) ?? this.frontierOf(base, leaf);
      frontiers.set(name, frontier.append(hash, this.sha256));
      return {...leaf, hash};
    });
    const grown = new Map(leaves.map((leaf) => [keyName(leaf.kind, [leaf.patient]), leaf]));
    for (const [name, {kind, patient}] of grown) {
      const frontier = frontiers.get(name) as Frontier;
      save(this, headOf(kind), [patient], {size: frontier.size, root: frontier.root(this.sha256)});
    }
    this.keepSize(size);
    const names = [...this.values.keys()].sort();
    return {changes: names.map((name) => this.values.get(name) as StateChange), leaves};
  }

  private keepSize({keys, leaves}: StateTotals): void {
    const before = load(this.base, SLOTS.stateSize, []);
    if (before?.keys === keys && before.leaves === leaves) return;
    save(this, SLOTS.stateSize, [], {keys: before === undefined ? keys + 1n : keys, leaves});
  }

  private sizeOfLog(name: string, kind: number, patient: Uint8Array): bigint {
    const own = this.sizes.get(name);
    if (own !== undefined) return own;
    if (this.base instanceof Overlay) return this.base.sizeOfLog(name, kind, patient);
    return load(this, headOf(kind), [patient])?.size ?? 0n;
  }

  // The frontier lies beside the authenticated map; only one that gives the root in the map may make the next one.
  private frontierOf(view: StateView, {kind, patient}: NewLeaf): Frontier {
    const frontier = view.frontier(kind, patient);
    const head = load(view, headOf(kind), [patient]);
    const fits =
      head === undefined
        ? frontier.size === 0n
        : head.size === frontier.size && equalBytes(head.root, frontier.root(this.sha256));
    if (!fits) throw new CorruptStateError(`the frontier of a log of kind ${kind} does not give the root in the state`);
    return frontier;
  }
}

function headOf(kind: number): typeof SLOTS.recordLog {
  return kind === STATE_KIND.recordLog ? SLOTS.recordLog : SLOTS.accessLog;
}
