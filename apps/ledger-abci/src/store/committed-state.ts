import {Frontier, leafHash, LogTree, stateKey, StateTree} from '@vitalvault/proofs';
import type {Sha256} from '@vitalvault/proofs';
import {taggedHashBy} from '@vitalvault/contracts';
import {keyName} from '@vitalvault/ledger-state';
import type {StateView} from '@vitalvault/ledger-state';
import type {StoredChange} from './committed-block.js';
import {LeafPlaces} from './leaf-places.js';
import type {LeafPlace} from './leaf-places.js';

/** A patient's log: hashes for proofs in memory, the leaves' bytes on disk. */
export interface CommittedLog {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly tree: LogTree;
  readonly places: LeafPlaces;
}

/** The state after the last committed block, in memory: values, their tree and the logs. */
export class CommittedState implements StateView {
  private readonly values = new Map<string, Uint8Array>();
  private readonly logsByName = new Map<string, CommittedLog>();
  readonly tree: StateTree;

  constructor(private readonly sha256: Sha256) {
    this.tree = new StateTree(sha256);
  }

  get(kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined {
    return this.values.get(keyName(kind, parts));
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

  /** Values without their tree, while a store is read; `rebuildTree` follows once. */
  setValues(changes: readonly StoredChange[]): void {
    for (const {key, value} of changes) {
      const name = Buffer.from(key).toString('latin1');
      if (value === undefined) this.values.delete(name);
      else this.values.set(name, value);
    }
  }

  /** Computes the whole tree: at start only. @returns its root */
  rebuildTree(): Uint8Array {
    return this.tree.update(this.hashed([...this.entries()]));
  }

  appendLeaf(kind: number, patient: Uint8Array, hash: Uint8Array, place: LeafPlace): void {
    const name = keyName(kind, [patient]);
    let log = this.logsByName.get(name);
    if (log === undefined) {
      log = {kind, patient: patient.slice(), tree: new LogTree(this.sha256), places: new LeafPlaces()};
      this.logsByName.set(name, log);
    }
    log.tree.append(hash);
    log.places.push(place);
  }

  hashOfLeaf(leaf: Uint8Array): Uint8Array {
    return leafHash(leaf, this.sha256);
  }

  /** All values by key, ascending: what a snapshot holds is the same whatever the order in which it came about. */
  *entries(): Generator<{key: Uint8Array; value: Uint8Array}> {
    for (const name of [...this.values.keys()].sort()) {
      yield {
        key: Uint8Array.from(name, (character) => character.charCodeAt(0)),
        value: this.values.get(name) as Uint8Array,
      };
    }
  }

  get size(): number {
    return this.values.size;
  }

  logs(): CommittedLog[] {
    return [...this.logsByName.keys()].sort().map((name) => this.logsByName.get(name) as CommittedLog);
  }

  private hashed(changes: readonly StoredChange[]): {key: Uint8Array; valueHash: Uint8Array | undefined}[] {
    return changes.map(({key, value}) => ({
      key: taggedHashBy(this.sha256, 'state', key),
      valueHash: value && this.sha256(value),
    }));
  }
}
