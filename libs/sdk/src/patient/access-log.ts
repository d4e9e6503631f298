import {NotCanonicalError, STATE_KIND, decodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf, LogHead} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {ParsedGenesis, VerifiedHeader} from '@vitalvault/light-client';
import {leafHash, merkleRoot, verifyAccessLog as verifyWholeLog} from '@vitalvault/proofs';
import {verifyMaterial} from '../ledger/verified-ledger.js';
import type {ProofMaterial, VerifiedAnswer} from '../ledger/verified-ledger.js';
import {compareWitnesses} from '../ledger/witnesses.js';
import type {SilentWitness, WitnessVerdict, WitnessedHeader} from '../ledger/witnesses.js';
import {SdkError} from '../sdk-error.js';
import type {RememberedHead} from './patient-keys.js';

/** A whole access log as it was answered, page by page: JSON that can be kept, sent and checked offline. */
export interface AccessLogEvidence {
  /** Hexadecimal. */
  patient: string;
  pages: {proof: string; signedHeader: object}[];
  /** Who answered; for people. */
  answeredBy?: string;
  /** The first page's header as others give it. */
  witnesses?: WitnessedHeader[];
  /** Who was asked and gave none; for people. */
  silent?: SilentWitness[];
  /** How many of them must agree, so that one is surely somebody else; default 1. */
  witnessesNeeded?: number;
}

export interface VerifiedAccessLog extends WitnessVerdict {
  leaves: AccessLeaf[];
  head: {size: bigint; root: Uint8Array};
  /** The header that proves the head. */
  header: VerifiedHeader;
  /** A warning: nobody else surely gave the same header, so a fork that only this answer lies on would not be seen. */
  oneOrganisation: boolean;
}

export interface AccessLogTrust {
  genesis: ParsedGenesis;
  /** Unix milliseconds. */
  now: number;
  /** Default 60,000 ms: an older head could hide what came since. */
  maxHeaderAgeMs?: number;
  /** The head seen last: a shorter log, or one that does not begin with it, is refused. */
  remembered?: RememberedHead | undefined;
  /** Refuses a log whose header nobody else gives. */
  strict?: boolean | undefined;
}

/**
 * Checks an access log with nothing trusted but the genesis: head proven under a fresh signed header, all leaves there,
 * rebuilt to the root, indexes rising by one, heights never falling, nothing forgotten that was seen before.
 * @throws SdkError `untrusted-header`, `stale-header`, `proof-invalid`, `log-incomplete` (meta.fault says what),
 *   `log-older-than-known`, `log-forked`, `headers-differ`; when strict `one-organisation`
 * @spec docs/protocol.md §5.2
 * @paper DP patient log
 */
export function verifyAccessLog(evidence: AccessLogEvidence, trust: AccessLogTrust): VerifiedAccessLog {
  const patient = fromHex(evidence.patient);
  const options = {now: trust.now, maxHeaderAgeMs: trust.maxHeaderAgeMs ?? 60_000};
  const pages = evidence.pages.map((page) =>
    verifyPage({proof: fromHex(page.proof), signedHeader: page.signedHeader}, trust.genesis, options),
  );
  const [first] = pages;
  if (first === undefined) throw new SdkError('log-incomplete', {detail: 'no page', meta: {fault: 'missing-leaves'}});
  const head = headOf(first, patient);
  const leaves: Uint8Array[] = [];
  for (const {answer} of pages) {
    const log = answer.logs.find(
      ({kind, patient: whose}) => kind === STATE_KIND.accessLog && equalBytes(whose, patient),
    );
    if (log === undefined || log.indexes.some((index, i) => index !== BigInt(leaves.length + i)))
      throw new SdkError('log-incomplete', {
        detail: 'the pages do not follow one another',
        meta: {fault: 'missing-leaves'},
      });
    // A later page may speak for a longer log: what is above the first page's head is another reading's matter.
    leaves.push(...log.leaves.slice(0, Number(head.size) - leaves.length));
  }
  const verdict = verifyWholeLog({head, leaves});
  if (!verdict.ok)
    throw new SdkError('log-incomplete', {
      detail: [verdict.fault, verdict.index].filter((part) => part !== undefined).join(' at '),
      meta: {fault: verdict.fault, index: verdict.index},
    });
  if (trust.remembered !== undefined) compareWithRemembered(trust.remembered, head, leaves);
  return {leaves: verdict.leaves, head, header: first.header, ...witnessesOf(evidence, first.header, trust)};
}

function witnessesOf(
  {answeredBy = 'the answer', witnesses = [], silent = [], witnessesNeeded = 1}: AccessLogEvidence,
  header: VerifiedHeader,
  {genesis, strict}: AccessLogTrust,
): WitnessVerdict & {oneOrganisation: boolean} {
  const verdict = compareWitnesses(header, witnesses, {genesis, answeredBy});
  verdict.unusable.push(...silent);
  // The number comes with the evidence: what is none must not compare as enough.
  const enough = Number.isInteger(witnessesNeeded) && verdict.agreedBy.length >= Math.max(1, witnessesNeeded);
  const oneOrganisation = !enough;
  if (oneOrganisation && strict === true) {
    const why =
      verdict.unusable.map(({name, reason}) => `${name}: ${reason}`).join('; ') || 'nobody else surely gave it';
    throw new SdkError('one-organisation', {
      detail: `only ${answeredBy} gives the header of height ${header.height} (${why})`,
      meta: {height: String(header.height)},
    });
  }
  return {...verdict, oneOrganisation};
}

/** What to remember of a log that was verified. */
export function rememberedHead({head, header}: Pick<VerifiedAccessLog, 'head' | 'header'>): RememberedHead {
  return {size: String(head.size), root: toHex(head.root), height: String(header.height)};
}

function verifyPage(
  material: ProofMaterial,
  genesis: ParsedGenesis,
  options: {now: number; maxHeaderAgeMs: number},
): VerifiedAnswer {
  try {
    return verifyMaterial(material, genesis, options);
  } catch (error) {
    const fault = error instanceof SdkError && error.code === 'proof-invalid' ? error.meta['fault'] : undefined;
    // Leaves are proven page by page: what does not fit there is a fault of the log.
    if (fault === 'log-leaves')
      throw new SdkError('log-incomplete', {
        detail: 'the leaves do not give the proven root',
        meta: {fault: 'wrong-root'},
        cause: error,
      });
    throw error;
  }
}

function headOf({answer}: VerifiedAnswer, patient: Uint8Array): Pick<LogHead, 'size' | 'root'> {
  try {
    const value = answer.state(STATE_KIND.accessLog, [patient]);
    return value === undefined ? {size: 0n, root: merkleRoot([])} : decodeCanonical(LogHeadSchema, value);
  } catch (cause) {
    if (!(cause instanceof RangeError) && !(cause instanceof NotCanonicalError)) throw cause;
    throw new SdkError('proof-invalid', {detail: 'the answer does not prove the head of this log', cause});
  }
}

function compareWithRemembered(
  remembered: RememberedHead,
  head: Pick<LogHead, 'size' | 'root'>,
  leaves: Uint8Array[],
): void {
  const size = BigInt(remembered.size);
  if (head.size < size)
    throw new SdkError('log-older-than-known', {detail: `${head.size} entries are shown, ${size} were seen before`});
  const root = merkleRoot(leaves.slice(0, Number(size)).map((leaf) => leafHash(leaf)));
  if (toHex(root) !== remembered.root)
    throw new SdkError('log-forked', {detail: 'the log does not begin with what was seen before'});
}
