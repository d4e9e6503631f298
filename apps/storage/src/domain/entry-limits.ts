import {LIMITS} from '@vitalvault/contracts';
import type {Quota} from '@vitalvault/contracts/gen/ledger/v1/state';
import {checkSequence, freshSequenceWindow, isInGrace, refilled, takeSequence} from '@vitalvault/ledger-state';
import type {Block, Tokens} from '@vitalvault/ledger-state';

/** Whose bucket: that of a device, of an owner, or of our organisation. */
export type BucketOwner = 'device' | 'owner' | 'organisation';

type QuotaOf = Pick<Quota, 'burst' | 'refill' | 'seconds'>;

/** The parameters of the ledger that bound what storage may send now. */
export interface EntryParameters {
  readonly deviceEntries?: QuotaOf | undefined;
  readonly ownerEntries?: QuotaOf | undefined;
  readonly organisationEntries?: QuotaOf | undefined;
  readonly removalGraceBlocks: number;
  readonly removalGraceSeconds: number;
}

/** The ledger's window of a registration: the lowest number not taken, and which above it are; 128 bytes. */
export interface NumberWindow {
  readonly lowestOpen: bigint;
  readonly taken: Uint8Array;
}

/** A registration as the blocks tell of it. */
export interface RegistrationLimits {
  readonly lowestOpen: bigint;
  readonly removed: {readonly atHeight: bigint; readonly atTime: bigint} | undefined;
}

const QUOTA = {
  device: 'deviceEntries',
  owner: 'ownerEntries',
  organisation: 'organisationEntries',
} as const satisfies Record<BucketOwner, keyof EntryParameters>;

/** The window after the ledger took a number; the same again, or one that it cannot have taken, changes nothing. */
export function withTaken(window: NumberWindow | undefined, sequence: bigint): NumberWindow {
  const fresh = freshSequenceWindow();
  const before = window === undefined ? fresh : {base: window.lowestOpen, bitmap: window.taken};
  const {base, bitmap} = checkSequence(before, sequence) === 0 ? takeSequence(before, sequence) : before;
  return {lowestOpen: base, taken: bitmap};
}

/** A bucket after the ledger took `count` of its tokens in a block. @param stored undefined: it was never touched */
export function withSpent(
  stored: Tokens | undefined,
  {of, count, parameters}: {of: BucketOwner; count: number; parameters: EntryParameters},
  blockTime: bigint,
): Tokens {
  const {tokens, time} = refilled(stored, quotaOf(of, parameters), blockTime);
  return {tokens: tokens > BigInt(count) ? tokens - BigInt(count) : 0n, time};
}

/** Entries that a bucket still admits at a block's time, beside those that are under way. */
export function roomOf(
  stored: Tokens | undefined,
  {of, underWay, parameters}: {of: BucketOwner; underWay: number; parameters: EntryParameters},
  blockTime: bigint,
): number {
  return Math.max(0, Number(refilled(stored, quotaOf(of, parameters), blockTime).tokens) - underWay);
}

/**
 * Numbers below this are judged now: they are in the ledger's window, or their device was removed so long ago that it
 * refuses whatever comes, which then has to be said.
 */
export function numbersBelow(
  {lowestOpen, removed}: RegistrationLimits,
  block: Block,
  parameters: EntryParameters,
): bigint {
  const refusesAll =
    removed !== undefined &&
    !isInGrace({removedAtHeight: removed.atHeight, removedAtTime: removed.atTime}, block, parameters);
  return refusesAll ? 1n << 64n : lowestOpen + BigInt(LIMITS.sequenceWindow);
}

function quotaOf(of: BucketOwner, parameters: EntryParameters): QuotaOf {
  const quota = parameters[QUOTA[of]];
  if (quota === undefined) throw new RangeError(`no quota of ${QUOTA[of]}`);
  return quota;
}
