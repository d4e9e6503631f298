import {Frontier, leafHash, LogTree, stateKey, StateTree} from '@vitalvault/proofs';
import {sha256Of, taggedHash} from '@vitalvault/contracts';
import {keyName} from '../src/state-view.js';
import type {NewLeaf, StateChange, StateView} from '../src/state-view.js';

/** A state in memory with its tree: what the store of the application is, without a disk. */
export class MemoryState implements StateView {
  private readonly values = new Map<string, Uint8Array>();
  private readonly logs = new Map<string, {tree: LogTree; leaves: Uint8Array[]}>();
  readonly tree = new StateTree();

  get(kind: number, parts: readonly Uint8Array[]): Uint8Array | undefined {
    return this.values.get(keyName(kind, parts));
  }

  frontier(kind: number, patient: Uint8Array): Frontier {
    return this.logs.get(keyName(kind, [patient]))?.tree.frontier() ?? Frontier.empty;
  }

  leaves(kind: number, patient: Uint8Array): readonly Uint8Array[] {
    return this.logs.get(keyName(kind, [patient]))?.leaves ?? [];
  }

  logTree(kind: number, patient: Uint8Array): LogTree | undefined {
    return this.logs.get(keyName(kind, [patient]))?.tree;
  }

  /** What there is, counted. */
  count(): {keys: bigint; leaves: bigint} {
    const leaves = [...this.logs.values()].reduce((sum, log) => sum + log.leaves.length, 0);
    return {keys: BigInt(this.values.size), leaves: BigInt(leaves)};
  }

  /** @returns the app hash after the changes. */
  apply(changes: readonly StateChange[], leaves: readonly NewLeaf[]): Uint8Array {
    for (const {kind, parts, value} of changes) {
      if (value === undefined) this.values.delete(keyName(kind, parts));
      else this.values.set(keyName(kind, parts), value);
    }
    for (const {kind, patient, leaf} of leaves) {
      const name = keyName(kind, [patient]);
      const log = this.logs.get(name) ?? {tree: new LogTree(), leaves: []};
      log.tree.append(leafHash(leaf));
      log.leaves.push(leaf);
      this.logs.set(name, log);
    }
    return this.tree.update(
      changes.map(({kind, parts, value}) => ({key: stateKey(kind, parts), valueHash: value && sha256Of(value)})),
    );
  }

  /** Root of a fresh tree over all values at once: what the incremental one must give. */
  rebuiltRoot(): Uint8Array {
    const entries = [...this.values].map(([name, value]) => ({
      key: taggedHash(
        'state',
        Uint8Array.from(name, (c) => c.charCodeAt(0)),
      ),
      valueHash: sha256Of(value),
    }));
    return new StateTree().update(entries);
  }
}
