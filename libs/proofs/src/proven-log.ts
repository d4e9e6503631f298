import type {LogHead} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {LogProof} from '@vitalvault/contracts/gen/proof/v1/proof';
import {verifyConsistency} from './consistency.js';
import {splitHashes} from './joined-hashes.js';
import type {Sha256} from './sha256.js';

/** Size and root of a log. */
export type HeadOfLog = Pick<LogHead, 'size' | 'root'>;

/** Leaves of a log, each proven to stand at its index of the log that has `head`. Made by `verifyProofs` alone. */
export class ProvenLog {
  readonly kind: number;
  readonly patient: Uint8Array;
  /** Ascending. */
  readonly indexes: readonly bigint[];
  /** One for each index; canonical bytes of RecordLeaf or AccessLeaf. */
  readonly leaves: readonly Uint8Array[];
  /** Where the answer says that it goes on. Not proven: `verifyAnswer` compares it with what was asked. */
  readonly next: bigint | undefined;
  private readonly places: ReadonlyMap<bigint, number>;
  private readonly consistency: Uint8Array;

  constructor(
    {kind, patient, indexes, leaves, next, consistency}: LogProof,
    readonly head: HeadOfLog,
    private readonly sha256: Sha256,
  ) {
    [this.kind, this.patient, this.indexes, this.leaves] = [kind, patient, indexes, leaves];
    [this.next, this.consistency] = [next, consistency];
    this.places = new Map(indexes.map((index, place) => [index, place]));
  }

  leaf(index: bigint): Uint8Array | undefined {
    const place = this.places.get(index);
    return place === undefined ? undefined : this.leaves[place];
  }

  /**
   * Whether this log begins with the one that has the head `older`, whose size must have been asked for as `older_size`
   * unless it is 0 or this one's. False for a longer log.
   * @spec RFC 9162 §2.1.4.2, docs/protocol.md §5.2
   */
  beginsWith(older: HeadOfLog): boolean {
    if (older.size === 0n) return true;
    const proof = older.size === this.head.size ? [] : splitHashes(this.consistency);
    if (proof === undefined) return false;
    const {size, root} = this.head;
    return verifyConsistency({size1: older.size, root1: older.root, size2: size, root2: root, proof}, this.sha256);
  }
}
