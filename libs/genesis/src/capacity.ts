import {PARAMETER_BOUNDS} from '@vitalvault/light-client';

/** What all together may have on a ledger: `max_keys` and `max_leaves` of its parameters. */
export interface Capacity {
  readonly keys: number;
  readonly leaves: number;
}

/** What a validator must have for a ledger of a capacity, in MiB. */
export interface MemoryNeed {
  /** `--max-old-space-size` of ledger-abci. */
  readonly heapMiB: number;
  /** Memory limit of its process or container. */
  readonly memoryMiB: number;
}

const range = ([least, most]: readonly [bigint, bigint]) => ({least: Number(least), most: Number(most)});

/** What a genesis may have of each. */
export const CAPACITY_RANGE = {
  keys: range(PARAMETER_BOUNDS.maxKeys),
  leaves: range(PARAMETER_BOUNDS.maxLeaves),
} as const;

/** Of a system to try the product: a million records, a validator of 448 MiB. */
export const DEFAULT_CAPACITY: Capacity = {keys: 100_000, leaves: 1_000_000};

/**
 * Measured at the ceilings with a full pool (docs/protocol.md §10): bytes that a key and a leaf take, and what the
 * process takes without any, caches and pool filled and a proposal of the whole pool in hand. A fifth of the heap is
 * for what is not collected yet.
 */
export const MEMORY = {
  heap: {key: 370, leaf: 28, fixedMiB: 85, share: 1.25},
  resident: {key: 1_300, leaf: 130, fixedMiB: 200},
} as const;

const MIB = 1_048_576;

/** What a validator needs so that a ledger may fill its capacity, and start again when it has. */
export function memoryFor({keys, leaves}: Capacity): MemoryNeed {
  const {heap, resident} = MEMORY;
  const live = heap.fixedMiB + (keys * heap.key + leaves * heap.leaf) / MIB;
  return {
    heapMiB: Math.ceil(live * heap.share),
    memoryMiB: Math.ceil(resident.fixedMiB + (keys * resident.key + leaves * resident.leaf) / MIB),
  };
}
