import type {LogTree} from '@vitalvault/proofs';
import type {LeafPlaces} from './leaf-places.js';

/** A patient's log: hashes for proofs in memory, the leaves' bytes on disk. */
export interface CommittedLog {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly tree: LogTree;
  readonly places: LeafPlaces;
}
