import {ed25519} from '@noble/curves/ed25519.js';
import {equalBytes} from '@vitalvault/contracts';
import {headerHash} from './header-hash.js';
import {MalformedError} from './json-fields.js';
import {VOTE_FLAG} from './light-block.js';
import type {Commit, LightBlock} from './light-block.js';
import {parseLightBlock} from './parse-light-block.js';
import {orderedValidators, validatorAddress, validatorsHash} from './validators.js';
import type {Validator} from './validators.js';
import {voteSignBytes} from './vote-sign-bytes.js';

/** What is trusted from the start: both come from the genesis. */
export interface ChainTrust {
  readonly chainId: string;
  readonly validators: readonly Validator[];
  /**
   * A faster verifier of Ed25519, which accepts nothing that ZIP 215 refuses. What it does not accept is looked at
   * again by ours.
   */
  readonly accepts?: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
}

/**
 * When a header is looked at; milliseconds, `nowMs` since the Unix epoch. A header that is further ahead of the clock
 * than `maxDriftMs` (10,000 when left out, as in CometBFT's light client), or older than `maxAgeMs`, is refused.
 * `any-time` is for what does not depend on when: that a block is the chain's, or that two headers differ.
 */
export type HeaderClock =
  {readonly nowMs: number; readonly maxDriftMs?: number; readonly maxAgeMs?: number} | 'any-time';

const MAX_DRIFT_MS = 10_000;

export type LightBlockReason =
  | 'wrong-chain'
  | 'wrong-validators'
  | 'too-few-signatures'
  | 'bad-signature'
  | 'header-commit-mismatch'
  | 'malformed'
  | 'future-header'
  | 'stale-header';

/** A header that more than two thirds of the validators' power signed. */
export interface VerifiedHeader {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  /** The same time in milliseconds, rounded down. */
  readonly timeMs: number;
  /** State root after block height - 1, 32 bytes. */
  readonly appHash: Uint8Array;
  readonly hash: Uint8Array;
  /** Root over the hashes of its transactions, 32 bytes. */
  readonly dataHash: Uint8Array;
  /** Root over the results of block height - 1, 32 bytes; empty where a node leaves it out. */
  readonly lastResultsHash: Uint8Array;
}

export type LightBlockVerdict =
  {readonly ok: true; readonly header: VerifiedHeader} | {readonly ok: false; readonly reason: LightBlockReason};

/**
 * Verifies a header against the genesis' validator set, which stands until validators can be changed on the ledger:
 * chain id, both validator hashes, the commit's height and block id, and Ed25519 precommits for this very block by more
 * than 2/3 of the power, each validator once and in its own place. Votes for nil count for nothing. Its time must fit
 * `clock`.
 * @spec docs/protocol.md §5.3; CometBFT 0.38 types/validation.go VerifyCommitLight, all signatures checked
 */
export function verifyLightBlock(
  {header, commit}: LightBlock,
  trust: ChainTrust,
  clock: HeaderClock,
): LightBlockVerdict {
  if (header.chainId !== trust.chainId) return refused('wrong-chain');
  const {hash: setHash} = setOf(trust);
  if (!equalBytes(header.validatorsHash, setHash) || !equalBytes(header.nextValidatorsHash, setHash))
    return refused('wrong-validators');
  const hash = headerHash(header);
  if (header.height < 1n || commit.height !== header.height || !equalBytes(commit.blockId.hash, hash))
    return refused('header-commit-mismatch');
  const wrong = wrongSignatures(commit, trust);
  if (wrong !== undefined) return refused(wrong);
  const {seconds, nanos} = header.time;
  const timeMs = Number(seconds * 1000n) + Math.floor(nanos / 1_000_000);
  const untimely = wrongTime(timeMs, clock);
  if (untimely !== undefined) return refused(untimely);
  const {height, appHash, dataHash, lastResultsHash} = header;
  return {ok: true, header: {height, timeSeconds: seconds, timeMs, appHash, hash, dataHash, lastResultsHash}};
}

/** As `verifyLightBlock`, from the JSON; what cannot be read is 'malformed'. */
export function verifySignedHeader(json: string | object, trust: ChainTrust, clock: HeaderClock): LightBlockVerdict {
  let lightBlock: LightBlock;
  try {
    lightBlock = parseLightBlock(json);
  } catch (error) {
    if (error instanceof MalformedError) return refused('malformed');
    throw error;
  }
  return verifyLightBlock(lightBlock, trust, clock);
}

// Written so that what is no number refuses.
function wrongTime(timeMs: number, clock: HeaderClock): LightBlockReason | undefined {
  if (clock === 'any-time') return undefined;
  const {nowMs, maxDriftMs = MAX_DRIFT_MS, maxAgeMs = Infinity} = clock;
  if (!(timeMs <= nowMs + maxDriftMs)) return 'future-header';
  return timeMs >= nowMs - maxAgeMs ? undefined : 'stale-header';
}

function wrongSignatures(commit: Commit, trust: ChainTrust): LightBlockReason | undefined {
  const {set} = setOf(trust);
  if (commit.signatures.length !== set.length) return 'wrong-validators';
  let signed = 0n;
  let total = 0n;
  for (const [i, {publicKey, power, address}] of set.entries()) {
    total += power;
    const entry = commit.signatures[i];
    if (entry?.flag !== VOTE_FLAG.commit) continue;
    if (!equalBytes(entry.address, address)) return 'wrong-validators';
    if (!verifies(entry.signature, voteSignBytes(trust.chainId, commit, entry.time), {publicKey, trust}))
      return 'bad-signature';
    signed += power;
  }
  return signed * 3n > total * 2n ? undefined : 'too-few-signatures';
}

interface Set {
  /** In the order of commits. */
  readonly set: readonly (Validator & {readonly address: Uint8Array})[];
  readonly hash: Uint8Array;
}

/** A set stands for as long as its array does: ordered and hashed once. */
const sets = new WeakMap<readonly Validator[], Set>();

function setOf({validators}: ChainTrust): Set {
  const known = sets.get(validators);
  if (known !== undefined) return known;
  const set = orderedValidators(validators).map(({publicKey, power}) => ({
    publicKey,
    power,
    address: validatorAddress(publicKey),
  }));
  const made = {set, hash: validatorsHash(validators)};
  sets.set(validators, made);
  return made;
}

function verifies(
  signature: Uint8Array,
  message: Uint8Array,
  {publicKey, trust}: {publicKey: Uint8Array; trust: ChainTrust},
): boolean {
  try {
    if (signature.length !== 64) return false;
    // ZIP 215, as CometBFT's own verifier: the two must never disagree about one signature.
    return (
      trust.accepts?.(signature, message, publicKey) === true ||
      ed25519.verify(signature, message, publicKey, {zip215: true})
    );
  } catch {
    return false;
  }
}

function refused(reason: LightBlockReason): LightBlockVerdict {
  return {ok: false, reason};
}
