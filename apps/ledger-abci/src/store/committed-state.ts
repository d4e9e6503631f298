import {Frontier, leafHash, LogTree, stateKey, StateTree} from '@vitalvault/proofs';
import type {Sha256} from '@vitalvault/proofs';
import {taggedHashBy} from '@vitalvault/contracts';
import {keyName} from '@vitalvault/ledger-state';
import type {StateView} from '@vitalvault/ledger-state';
import type {StoredChange} from './committed-block.js';
import type {CommittedLog} from './committed-log.js';
import {FrozenState} from './frozen-state.js';
import {LeafPlaces} from './leaf-places.js';
import type {LeafPlace} from './leaf-places.js';

const HASH_BYTES = 32;

/** The state after the last committed block, in memory: values, their tree and the logs. */
export class CommittedState implements StateView {
  private readonly values = new Map<string, Uint8Array>();
  private readonly logsByName = new Map<string, CommittedLog>();
  readonly tree: StateTree;
  private frozen: FrozenState | undefined;

  constructor(private readonly sha256: Sha256) {
    this.tree = new StateTree(sha256);
  }

  get(kind: number, parts: readonly Uint8Array[], name = keyName(kind, parts)): Uint8Array | undefined {
    return this.values.get(name);
  }

  frontier(kind: number, patient: Uint8Array): Frontier {
    return this.log(kind, patient)?.tree.frontier() ?? Frontier.empty;
  }

  log(kind: number, patient: Uint8Array): CommittedLog | undefined {
    return this.logsByName.get(keyName(kind, [patient]));
  }

  prove(kind: number, parts: readonly Uint8Array[]): ReturnType<StateTree['prove']> {
    return this.tree.prove(stateKey(kind, parts, this.sha256));
  }

  /** Root after `changes`, without making them the state. */
  stage(changes: readonly StoredChange[]): Uint8Array {
    return this.tree.stage(this.hashed(changes));
  }

  /** Makes the staged root current, and its values. */
  commitStaged(changes: readonly StoredChange[]): void {
    this.setValues(changes);
    this.tree.commit();
  }

  /** Holds on to the state as it is now, until `thaw`. */
  freeze(): FrozenState {
    if (this.frozen !== undefined) throw new Error('frozen already');
    this.frozen = new FrozenState({values: this.values, logs: this.logsByName});
    return this.frozen;
  }

  thaw(): void {
    this.frozen = undefined;
  }

  /** Values without their tree, while a store is read; `rebuildTree` follows once. */
  setValues(changes: readonly StoredChange[]): void {
    for (const {key, value} of changes) {
      const name = Buffer.from(key).toString('latin1');
      this.frozen?.beforeValue(name, this.values.get(name));
      if (value === undefined) this.values.delete(name);
      else this.values.set(name, value);
    }
  }

  /**
   * Computes the whole tree: at start only. One range of hashed keys after the other, so that what a batch needs is
   * never there for all keys at once. @returns its root
   */
  rebuildTree(): Uint8Array {
    const hashes = new Uint8Array(HASH_BYTES * this.values.size);
    const values: Uint8Array[] = [];
    const ranges: number[][] = Array.from({length: 256}, () => []);
    for (const [name, value] of this.values) {
      const hash = taggedHashBy(this.sha256, 'state', Buffer.from(name, 'latin1'));
      hashes.set(hash, HASH_BYTES * values.length);
      ranges[hash[0] as number]?.push(values.length);
      values.push(value);
    }
    for (const range of ranges) {
      this.tree.update(
        range.map((i) => ({
          key: hashes.slice(HASH_BYTES * i, HASH_BYTES * (i + 1)),
          valueHash: this.sha256(values[i] as Uint8Array),
        })),
      );
    }
    return this.tree.root;
  }

  appendLeaf(kind: number, patient: Uint8Array, hash: Uint8Array, place: LeafPlace): void {
    const name = keyName(kind, [patient]);
    let log = this.logsByName.get(name);
    if (log === undefined) {
      log = {kind, patient: patient.slice(), tree: new LogTree(this.sha256), places: new LeafPlaces()};
      this.logsByName.set(name, log);
    }
    this.frozen?.beforeLeaf(name, log.tree.size);
    log.tree.append(hash);
    log.places.push(place);
  }

  hashOfLeaf(leaf: Uint8Array): Uint8Array {
    return leafHash(leaf, this.sha256);
  }

  get size(): number {
    return this.values.size;
  }

  logs(): CommittedLog[] {
    return [...this.logsByName.values()];
  }

  private hashed(changes: readonly StoredChange[]): {key: Uint8Array; valueHash: Uint8Array | undefined}[] {
    return changes.map(({key, value}) => ({
      key: taggedHashBy(this.sha256, 'state', key),
      valueHash: value && this.sha256(value),
    }));
  }
}
