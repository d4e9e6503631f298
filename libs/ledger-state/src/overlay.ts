import {equalBytes, STATE_KIND} from '@vitalvault/contracts';
import type {Frontier, Sha256} from '@vitalvault/proofs';
import {leafHash} from '@vitalvault/proofs';
import {load, save, SLOTS} from './state-slots.js';
import {keyName} from './state-view.js';
import type {MutableState, NewLeaf, StateChange, StateView} from './state-view.js';

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

interface LogTip {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly frontier: Frontier;
}

/**
 * Changes on top of a state, which itself stays as it is. A transaction writes to a fork that is absorbed only if the
 * transaction succeeds, so a refusal leaves nothing behind.
 */
export class Overlay implements MutableState {
  private readonly values = new Map<string, StateChange>();
  private readonly tips = new Map<string, LogTip>();
  private readonly appended: NewLeaf[] = [];
  // Keys that there are more (or fewer) than in the base.
  private newKeys = 0;

  constructor(
    private readonly base: StateView,
    /** The port of all that is hashed on the way. */
    readonly sha256: Sha256,
  ) {}

  get(kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined {
    return this.find(keyName(kind, parts), kind, parts);
  }

  set(kind: number, parts: readonly Uint8Array[], value: Uint8Array | undefined): void {
    const name = keyName(kind, parts);
    const before = this.find(name, kind, parts) !== undefined;
    this.newKeys += Number(value !== undefined) - Number(before);
    this.values.set(name, {kind, parts, value});
  }

  /** Keys and leaves of the state with these changes; the heads of logs that are new are among the keys. */
  size(): StateTotals {
    const {keys, leaves} = this.base instanceof Overlay ? this.base.size() : sizeOf(this.base);
    return {keys: keys + BigInt(this.newKeys), leaves: leaves + BigInt(this.appended.length)};
  }

  /** What these changes alone add; keys may be fewer than before. */
  growth(): {keys: number; leaves: number} {
    return {keys: this.newKeys, leaves: this.appended.length};
  }

  frontier(kind: number, patient: Uint8Array): Frontier {
    const tip = this.tips.get(keyName(kind, [patient]));
    if (tip !== undefined) return tip.frontier;
    const frontier = this.base.frontier(kind, patient);
    if (!(this.base instanceof Overlay)) this.checkAgainstHead(kind, patient, frontier);
    return frontier;
  }

  /** Appends canonical leaf bytes to a log; its index is the log's size before. */
  append(kind: number, patient: Uint8Array, leaf: Uint8Array): void {
    const frontier = this.frontier(kind, patient);
    // Its head is written when the block is finished.
    if (frontier.size === 0n) this.newKeys += 1;
    this.tips.set(keyName(kind, [patient]), {
      kind,
      patient,
      frontier: frontier.append(leafHash(leaf, this.sha256), this.sha256),
    });
    this.appended.push({kind, patient, index: frontier.size, leaf});
  }

  fork(): Overlay {
    return new Overlay(this, this.sha256);
  }

  absorb(fork: Overlay): void {
    for (const [name, change] of fork.values) this.values.set(name, change);
    for (const [name, tip] of fork.tips) this.tips.set(name, tip);
    this.appended.push(...fork.appended);
    this.newKeys += fork.newKeys;
  }

  /**
   * Writes the heads of the logs that grew and gives all changes, ascending by key name, and the leaves as appended.
   */
  finish(): {changes: StateChange[]; leaves: NewLeaf[]} {
    // The heads were counted with their first leaves.
    const size = this.size();
    for (const {kind, patient, frontier} of this.tips.values()) {
      save(this, kind === STATE_KIND.recordLog ? SLOTS.recordLog : SLOTS.accessLog, [patient], {
        size: frontier.size,
        root: frontier.root(this.sha256),
      });
    }
    this.keepSize(size);
    const names = [...this.values.keys()].sort();
    return {changes: names.map((name) => this.values.get(name) as StateChange), leaves: [...this.appended]};
  }

  private keepSize({keys, leaves}: StateTotals): void {
    const before = load(this.base, SLOTS.stateSize, []);
    if (before?.keys === keys && before.leaves === leaves) return;
    save(this, SLOTS.stateSize, [], {keys: before === undefined ? keys + 1n : keys, leaves});
  }

  // A fork asks its base by the name it has made already.
  private find(name: string, kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined {
    const change = this.values.get(name);
    if (change !== undefined) return change.value;
    return this.base instanceof Overlay ? this.base.find(name, kind, parts) : this.base.get(kind, parts);
  }

  // The frontier lies beside the authenticated map; only one that gives the root in the map may decide anything.
  private checkAgainstHead(kind: number, patient: Uint8Array, frontier: Frontier): void {
    const head = load(this.base, kind === STATE_KIND.recordLog ? SLOTS.recordLog : SLOTS.accessLog, [patient]);
    const fits =
      head === undefined
        ? frontier.size === 0n
        : head.size === frontier.size && equalBytes(head.root, frontier.root(this.sha256));
    if (!fits) throw new CorruptStateError(`the frontier of a log of kind ${kind} does not give the root in the state`);
  }
}
