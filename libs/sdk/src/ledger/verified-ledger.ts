import {LIMITS, NotCanonicalError, STATE_KIND, encodeCanonical, toHex} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {answersQuestion, parseGenesis, verifySignedHeader} from '@vitalvault/light-client';
import type {LightBlockReason, ParsedGenesis, ProofQuestion, VerifiedHeader} from '@vitalvault/light-client';
import {decodeProofAnswer, verifyProofs} from '@vitalvault/proofs';
import type {ProvenAnswer} from '@vitalvault/proofs';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import type {StoredKey} from '../keys/stored-key.js';
import {requireFinite} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {describedService} from './service-description.js';

/** An answer with proofs and the signed header that they are checked against, as it came and as it can be kept. */
export interface ProofMaterial {
  /** Canonical bytes of a ProofResponse. */
  proof: Uint8Array;
  /** `signed_header` of CometBFT's RPC, of the height after the answer's. */
  signedHeader: object;
}

export interface VerifiedAnswer {
  answer: ProvenAnswer;
  header: VerifiedHeader;
  material: ProofMaterial;
}

export interface VerifyOptions {
  /** Unix milliseconds. */
  now: number;
  /** Finite, and 1 at the least. */
  maxHeaderAgeMs: number;
}

/** `any-age`: for what stays proven however old it is, as that a record was anchored. Never from the future. */
export interface Freshness {
  now: number;
  maxHeaderAgeMs: number | 'any-age';
}

const FUTURE_MS = 60_000;

/**
 * Checks proofs against a header that the genesis' validators signed and that is not older than allowed.
 * @throws SdkError `untrusted-header`, `stale-header`, `proof-invalid`
 */
export function verifyMaterial(material: ProofMaterial, genesis: ParsedGenesis, options: Freshness): VerifiedAnswer {
  const header = verifyHeader(material.signedHeader, genesis, options);
  const response = decodeResponse(material.proof);
  if (header.height !== response.height + 1n)
    throw new SdkError('proof-invalid', {detail: 'the header is not the one after the state that was proven'});
  const answer = verifyProofs(response, header.appHash);
  if (!answer.ok) throw new SdkError('proof-invalid', {detail: answer.fault, meta: {fault: answer.fault}});
  return {answer, header, material};
}

/** @throws SdkError `untrusted-header`, `stale-header`, `invalid-argument` */
export function verifyHeader(
  signedHeader: object,
  genesis: ParsedGenesis,
  {now, maxHeaderAgeMs}: Freshness,
): VerifiedHeader {
  // What is no number compares with nothing, and would switch the check off.
  requireFinite('now', now, 0);
  if (maxHeaderAgeMs !== 'any-age') requireFinite('maxHeaderAgeMs', maxHeaderAgeMs, 1);
  const verdict = verifySignedHeader(signedHeader, genesis, {
    nowMs: now,
    maxDriftMs: FUTURE_MS,
    ...(maxHeaderAgeMs === 'any-age' ? {} : {maxAgeMs: maxHeaderAgeMs}),
  });
  if (verdict.ok) return verdict.header;
  const {reason} = verdict;
  throw new SdkError(UNTIMELY[reason] === undefined ? 'untrusted-header' : 'stale-header', {
    detail: reason === 'wrong-chain' ? otherLedger(chainOf(signedHeader), genesis) : (UNTIMELY[reason] ?? reason),
    meta: {reason},
  });
}

/**
 * Says of which two ledgers something and the genesis are.
 * @param chainId as it came: shown so that a terminal obeys none of it
 */
export function otherLedger(chainId: string, genesis: ParsedGenesis): string {
  const shown = /^[\w.-]{1,50}$/.test(chainId) ? chainId : JSON.stringify(chainId.slice(0, 50));
  return `it is of the ledger ${shown}, the genesis is that of ${genesis.chainId}`;
}

function chainOf(signedHeader: object): string {
  const {header} = signedHeader as {header?: {chain_id?: unknown}};
  return String(header?.chain_id);
}

const UNTIMELY: Readonly<Partial<Record<LightBlockReason, string>>> = {
  'stale-header': 'the header is too old',
  'future-header': 'the header is from the future: check the clock',
};

function decodeResponse(bytes: Uint8Array) {
  try {
    return decodeProofAnswer(bytes);
  } catch (cause) {
    if (cause instanceof NotCanonicalError)
      throw new SdkError('proof-invalid', {detail: 'the proof is not canonical', cause});
    throw cause;
  }
}

export interface VerifiedLedgerOptions {
  api: ApiClient;
  /** Text of the genesis file, or what `parseGenesis` made of it: the one thing that is trusted. */
  genesis: string | ParsedGenesis;
  /** Default 60,000 ms. */
  maxHeaderAgeMs?: number;
}

/** Where a ledger was when it was seen. */
export type SeenHeader = Pick<VerifiedHeader, 'height' | 'timeSeconds'>;

/**
 * So far an honest validator may be behind another, in blocks and in seconds: idle, blocks come seldom.
 * @spec docs/protocol.md §5.3
 */
const LAG_BLOCKS = 2n;
const LAG_SECONDS = 5n;
const TRIES = 3;
const PAUSE_MS = 1_000;
const BEHIND = 'older-than-seen';

/** The ledger as this side checked it: nothing is believed but the genesis, and it never goes back. */
export class VerifiedLedger {
  readonly genesis: ParsedGenesis;
  readonly api: ApiClient;
  private readonly maxHeaderAgeMs: number;
  private identified: Promise<void> | undefined;
  private seen: SeenHeader | undefined;

  constructor({api, genesis, maxHeaderAgeMs = 60_000}: VerifiedLedgerOptions) {
    this.api = api;
    this.genesis = typeof genesis === 'string' ? parseGenesis(genesis) : genesis;
    requireFinite('maxHeaderAgeMs', maxHeaderAgeMs, 1);
    this.maxHeaderAgeMs = maxHeaderAgeMs;
  }

  get chainId(): string {
    return this.genesis.chainId;
  }

  /** The newest header that was verified: what shows an older ledger than that is not believed. */
  get newest(): SeenHeader | undefined {
    return this.seen;
  }

  /** @param header verified by this side, also by an earlier process */
  remember(header: SeenHeader): void {
    if (header.height > (this.seen?.height ?? 0n)) this.seen = header;
  }

  /**
   * Asks the policy service whose it is, once, before anything is asked of it.
   * @throws SdkError `other-organisation`, `description-invalid`
   */
  identify(): Promise<void> {
    this.identified ??= this.checkOrganisation().catch((error: unknown) => {
      this.identified = undefined;
      throw error;
    });
    return this.identified;
  }

  private async checkOrganisation(): Promise<void> {
    const expected = toHex(this.api.organisation);
    const {organisation, name} = await describedService(this.api, this.genesis);
    if (organisation !== expected)
      throw new SdkError('other-organisation', {
        detail: `the policy service is that of ${name} (${organisation}), not of ${expected}`,
        meta: {organisation, expected},
      });
  }

  /** The newest header, verified. @throws SdkError `stale-header` also when a newer one was seen before */
  async head(): Promise<VerifiedHeader> {
    await this.identify();
    return this.untilNotBehind(async () => {
      const answer = new JsonAnswer((await this.api.get('policy', '/v1/chain/latest')).json(), 'chain/latest');
      return this.take(verifyHeader(signedHeaderOf(answer), this.genesis, this.verifyOptions()));
    });
  }

  private take(header: VerifiedHeader): VerifiedHeader {
    const {seen} = this;
    const isBehind =
      seen !== undefined &&
      header.height + LAG_BLOCKS < seen.height &&
      header.timeSeconds + LAG_SECONDS < seen.timeSeconds;
    if (isBehind)
      throw new SdkError('stale-header', {
        detail: `block ${header.height} is shown as the newest, and ${seen.height} was seen before`,
        meta: {reason: BEHIND},
      });
    this.remember(header);
    return header;
  }

  // The validator that answers may have fallen behind: it catches up, or another one answers.
  private async untilNotBehind<T>(ask: () => Promise<T>): Promise<T> {
    for (let left = TRIES; ; left--) {
      try {
        return await ask();
      } catch (error) {
        if (left <= 1 || !(error instanceof SdkError) || error.meta['reason'] !== BEHIND) throw error;
        await this.api.environment.sleep(PAUSE_MS);
      }
    }
  }

  /** Slot of the newest header's time. */
  async slot(): Promise<number> {
    return Math.floor(Number((await this.head()).timeSeconds) / LIMITS.slotSeconds);
  }

  /**
   * Asks for state and logs with proofs and verifies them. `validator`: which of the organisation's RPCs is to answer.
   */
  async proofs(signer: StoredKey, request: ProofQuestion, validator?: number): Promise<VerifiedAnswer> {
    await this.identify();
    return this.untilNotBehind(async () => {
      const answer = await this.api.post('policy', '/v1/proofs', {
        signer,
        body: encodeCanonical(ProofRequestSchema, request),
        contentType: 'proof-request',
        query: {validator},
      });
      return this.verify(materialOf(new JsonAnswer(answer.json(), 'proofs')), request);
    });
  }

  /**
   * @throws SdkError `proof-invalid` also when it is proven, but not what `question` asked for; `stale-header` also
   *   when a newer header was seen before
   */
  verify(material: ProofMaterial, question: ProofQuestion): VerifiedAnswer {
    const verified = verifyMaterial(material, this.genesis, this.verifyOptions());
    if (!answersQuestion(question, verified.answer))
      throw new SdkError('proof-invalid', {
        detail: 'the answer leaves out what was asked for',
        meta: {fault: 'not-what-was-asked'},
      });
    this.take(verified.header);
    return verified;
  }

  /** Values of state keys, in the order asked; undefined = proven absent. */
  async state(signer: StoredKey, keys: StateQuery[]): Promise<(Uint8Array | undefined)[]> {
    const {answer} = await this.proofs(signer, {keys: keys.map(({kind, parts}) => ({kind: STATE_KIND[kind], parts}))});
    return keys.map(({kind, parts}) => answer.state(STATE_KIND[kind], parts));
  }

  private verifyOptions(): VerifyOptions {
    return {now: this.api.environment.now(), maxHeaderAgeMs: this.maxHeaderAgeMs};
  }
}

/** A key of the state map by the name of its kind. */
export interface StateQuery {
  kind: keyof typeof STATE_KIND;
  parts: Uint8Array[];
}

/** `{proof, signedHeader}` of an answer. */
export function materialOf(answer: JsonAnswer): ProofMaterial {
  return {proof: answer.bytes('proof'), signedHeader: signedHeaderOf(answer)};
}

function signedHeaderOf(answer: JsonAnswer): object {
  const value = answer.raw('signedHeader');
  if (typeof value === 'object' && value !== null) return value;
  try {
    return JSON.parse(answer.text('signedHeader')) as object;
  } catch (cause) {
    throw new SdkError('answer-malformed', {detail: 'signedHeader is no JSON', cause});
  }
}
