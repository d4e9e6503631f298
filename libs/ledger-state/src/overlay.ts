import {fromBinary} from '@bufbuild/protobuf';
import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {equalBytes, STATE_KIND} from '@vitalvault/contracts';
import type {Frontier, Sha256} from '@vitalvault/proofs';
import {leafHash} from '@vitalvault/proofs';
import {DecodedValues} from './decoded-values.js';
import {load, save, SLOTS} from './state-slots.js';
import {keyName} from './state-view.js';
import type {HashedLeaf, MutableState, NewLeaf, StateChange, StateView} from './state-view.js';

/** State that contradicts itself: never a refusal, always a stop. */
export class CorruptStateError extends Error {
  override readonly name = 'CorruptStateError';
}

/** How much there is of what is bounded. */
export interface Amounts {
  /** Of the map. */
  readonly keys: bigint;
  /** Of all logs. */
  readonly leaves: bigint;
}

export interface StateTotals extends Amounts {
  /** Keys that there is room for and that are not there yet. */
  readonly promised: bigint;
  /** Keys that no organisation answers for, now or ever. */
  readonly unpaid: bigint;
  /** With those promised, by what each organisation and its people signed; those of the genesis, in its order. */
  readonly organisations: readonly (Amounts & {readonly organisation: Uint8Array})[];
}

/** What a state says of its own size; nothing before genesis. @spec docs/protocol.md §5.1, kind 23 */
export function sizeOf(view: StateView): StateTotals {
  return load(view, SLOTS.stateSize, []) ?? {keys: 0n, leaves: 0n, promised: 0n, unpaid: 0n, organisations: []};
}

interface Growth {
  keys: number;
  leaves: number;
  promised: number;
}

/**
 * Changes on top of a state, which itself stays as it is. A transaction writes to a fork that is absorbed only if the
 * transaction succeeds, so a refusal leaves nothing behind.
 */
export class Overlay implements MutableState {
  private readonly values = new Map<string, StateChange>();
  /** Sizes of the logs that grew. */
  private readonly sizes = new Map<string, bigint>();
  private readonly appended: NewLeaf[] = [];
  // What there is more (or less) than in the base, in all and by who pays, by the name of the organisation's key.
  private readonly grown: Growth = {keys: 0, leaves: 0, promised: 0};
  private readonly charged = new Map<string, Growth>();
  private below: StateTotals | undefined;

  constructor(
    private readonly base: StateView | Overlay,
    /** The port of all that is hashed on the way. */
    readonly sha256: Sha256,
    /** The organisation that answers for what is changed here. */
    readonly payer?: Uint8Array,
    private readonly messages = new DecodedValues(),
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
    this.messages.keep(bytes, message);
    return message;
  }

  set(kind: number, parts: readonly Uint8Array[], value: Uint8Array | undefined): void {
    const name = keyName(kind, parts);
    const before = this.get(kind, parts, name) !== undefined;
    this.grow({keys: Number(value !== undefined) - Number(before)});
    this.values.set(name, {kind, parts, value});
  }

  /** Keys and leaves of the state with these changes; the heads of logs that are new are among the keys. */
  size(): StateTotals {
    const {keys, leaves, promised, unpaid, organisations} =
      this.base instanceof Overlay ? this.base.size() : (this.below ??= sizeOf(this.base));
    return {
      ...plus({keys, leaves}, this.grown),
      promised: promised + BigInt(this.grown.promised),
      unpaid,
      organisations: this.withCharges(organisations),
    };
  }

  /** What these changes alone add, of keys with those promised; they may be fewer than before. */
  growth(): {readonly keys: number; readonly leaves: number} {
    return {keys: this.grown.keys + this.grown.promised, leaves: this.grown.leaves};
  }

  /** Keeps room for keys that may come at any time, or gives it back when they come. */
  promise(keys: number): void {
    this.grow({promised: keys});
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
    this.grow({keys: Number(index === 0n), leaves: 1});
    this.sizes.set(name, index + 1n);
    this.appended.push({kind, patient, index, leaf});
  }

  /** @param payer the organisation that answers for its changes; left out: the same as for these */
  fork(payer = this.payer): Overlay {
    return new Overlay(this, this.sha256, payer, this.messages);
  }

  absorb(fork: Overlay): void {
    for (const [name, change] of fork.values) this.values.set(name, change);
    for (const [name, size] of fork.sizes) this.sizes.set(name, size);
    this.appended.push(...fork.appended);
    add(this.grown, fork.grown);
    for (const [payer, charge] of fork.charged) this.charge(payer, charge);
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

  private keepSize({keys, leaves, promised}: StateTotals): void {
    // Genesis has put the organisations there.
    const before = load(this, SLOTS.stateSize, []);
    if (before === undefined) throw new CorruptStateError('a state does not know its size');
    const organisations = this.withCharges(before.organisations);
    const isSame = before.keys === keys && before.leaves === leaves && before.promised === promised;
    if (isSame && organisations === before.organisations) return;
    save(this, SLOTS.stateSize, [], {...before, keys, leaves, promised, organisations: [...organisations]});
  }

  private withCharges<T extends StateTotals['organisations'][number]>(organisations: readonly T[]): readonly T[] {
    if (this.charged.size === 0) return organisations;
    return organisations.map((one) => {
      const charge = this.charged.get(payerName(one.organisation));
      return charge === undefined ? one : {...one, ...plus(one, {...charge, keys: charge.keys + charge.promised})};
    });
  }

  private grow({keys = 0, leaves = 0, promised = 0}: Partial<Growth>): void {
    if (keys === 0 && leaves === 0 && promised === 0) return;
    add(this.grown, {keys, leaves, promised});
    if (this.payer !== undefined) this.charge(payerName(this.payer), {keys, leaves, promised});
  }

  private charge(payer: string, growth: Growth): void {
    const charge = this.charged.get(payer);
    if (charge === undefined) this.charged.set(payer, {...growth});
    else add(charge, growth);
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

const payerName = (organisation: Uint8Array): string => keyName(STATE_KIND.organisation, [organisation]);

function plus({keys, leaves}: Amounts, growth: Growth): Amounts {
  return {keys: keys + BigInt(growth.keys), leaves: leaves + BigInt(growth.leaves)};
}

function add(to: Growth, {keys, leaves, promised}: Growth): void {
  to.keys += keys;
  to.leaves += leaves;
  to.promised += promised;
}
