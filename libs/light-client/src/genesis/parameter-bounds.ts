import {LIMITS} from '@vitalvault/contracts';
import type {Parameters, Quota} from '@vitalvault/contracts/gen/ledger/v1/state';
import {leastRoom} from './check-room.js';

const LEAST = leastRoom({organisations: 1, validators: 1});

/** Least and most, both inclusive. */
type Range = readonly [least: bigint, most: bigint];

type FieldOf<M> = Exclude<keyof M, '$typeName' | '$unknown'>;

/** One range for each number in a message, to the last: a parameter without one is an error of the type checker. */
type BoundsOf<M> = {
  readonly [K in FieldOf<M>]-?: NonNullable<M[K]> extends number | bigint ? Range : BoundsOf<NonNullable<M[K]>>;
};

const QUOTA: BoundsOf<Quota> = {burst: [1n, 1_000_000n], refill: [1n, 1_000_000n], seconds: [1n, 31_536_000n]};

/** Of what one patient may have in the state. */
const COUNT: Range = [1n, 65_536n];

/** Of what a succession adds to that. */
const MORE: Range = [1n, 1_024n];

/**
 * Epochs of one patient with all that her successions add: the names of their keys are one value, read and written anew
 * with each epoch (kind 27), 64 KiB.
 */
export const MOST_EPOCHS = 8_192n;

/** The largest transaction with its field number and length, as a block has it. */
const LARGEST_IN_BLOCK = BigInt(LIMITS.txBytes + 4);

/**
 * What each parameter may be. A block holds the largest transaction in the quarter that an organisation has of it, and
 * fits with its evidence, header and commit into CometBFT's, which every ABCI frame is measured by.
 * @spec docs/protocol.md §10
 */
export const PARAMETER_BOUNDS: BoundsOf<Parameters> = {
  rights: QUOTA,
  accessRequests: QUOTA,
  deviceEntries: QUOTA,
  ownerEntries: QUOTA,
  // The largest AnchorRecords there is takes as many at once.
  organisationEntries: {...QUOTA, burst: [BigInt(LIMITS.anchorEntries), 1_000_000n]},
  enrolments: QUOTA,
  refusals: QUOTA,
  requests: QUOTA,
  organisationRefusals: QUOTA,
  organisationRequests: QUOTA,
  suspensions: QUOTA,
  successions: QUOTA,
  maxBlockBytes: [4n * LARGEST_IN_BLOCK, BigInt(LIMITS.cometBlockBytes - 2 * LIMITS.cometEvidenceBytes)],
  releaseBlocks: [10n, 1_000_000n],
  releaseSeconds: [60n, 604_800n],
  maxExpiryBlocks: [100n, 10_000_000n],
  maxExpirySeconds: [60n, 2_592_000n],
  removalGraceBlocks: [1n, 10_000_000n],
  removalGraceSeconds: [60n, 2_592_000n],
  holdings: {
    tags: COUNT,
    epochs: [1n, MOST_EPOCHS],
    liveGrants: COUNT,
    grants: COUNT,
    registrations: COUNT,
    liveDevices: COUNT,
    rights: COUNT,
  },
  holdingsPerSuccession: {
    tags: MORE,
    epochs: MORE,
    liveGrants: MORE,
    grants: MORE,
    registrations: MORE,
    liveDevices: MORE,
    rights: MORE,
  },
  maxSuccessions: [1n, 1_024n],
  // Least: of one organisation with one validator; it grows with their number (`leastRoom`). Most: half of the keys
  // that a Map of Node holds, and of the leaves that fit into 2 GiB.
  maxKeys: [LEAST.keys, 2n ** 23n],
  maxLeaves: [LEAST.leaves, 2n ** 25n],
};
