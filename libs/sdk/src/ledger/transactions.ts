import {CODE, codeName, decodeCanonical, fromHex, keyId, toHex, transactionId} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {NonceWindowSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {encodeBody} from '@vitalvault/envelope';
import {JsonAnswer} from '../http/json-answer.js';
import {idOf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {SdkError} from '../sdk-error.js';
import type {NonceStore} from './nonce-store.js';
import {bodyOfPart, signPart, txOfPart} from './part.js';
import type {TxPart} from './part.js';
import type {VerifiedLedger} from './verified-ledger.js';

/** A committed transaction with code 0. */
export interface TxResult {
  /** Hexadecimal. */
  txId: string;
  height: bigint;
  /** `data` of the result: canonical, by message. */
  data: Uint8Array;
}

/** A transaction that is about to be sent. */
export interface TxToSend {
  /** Hexadecimal. */
  txId: string;
  /** Unix seconds: no block of a later time takes it. */
  expiresAt: number;
}

export interface Sending {
  coSigners?: StoredKey[];
  /**
   * Called before anything is sent, once for each try; nothing is sent when it fails. Whatever only this side knows and
   * the transaction makes valid has to be durable when it answers: the transaction may commit although no answer comes.
   */
  keep?: (about: TxToSend) => Promise<void>;
}

const NOT_COMMITTED: ReadonlySet<string> = new Set(['tx-refused', 'tx-not-found', 'not-found']);

/** Whether a service says of a transaction that no block executed it, or none yet. */
export const isNotCommitted = (error: unknown): boolean => error instanceof SdkError && NOT_COMMITTED.has(error.code);

/** Whether the ledger refused a transaction, as a service says. */
export const isRefusal = (error: unknown): boolean => error instanceof SdkError && error.code === 'tx-refused';

const EXPIRY_BLOCKS = 2_000n;
const EXPIRY_SECONDS = 3_600n;

export interface TransactionsOptions {
  ledger: VerifiedLedger;
  signer: StoredKey;
  nonces: NonceStore;
  /** Called before anything is signed, with its expiry (Unix seconds); nothing is signed when it fails. */
  signing?: ((expiresAt: number) => Promise<void>) | undefined;
}

/** Makes and sends the transactions whose first signer this key is. */
export class Transactions {
  constructor(private readonly options: TransactionsOptions) {}

  /** A body with fresh nonce and expiry, signed by this key; the other signers' signatures follow. */
  async part(message: TxMessage, atLeastNonce?: bigint): Promise<TxPart> {
    const {ledger, signer, nonces, signing} = this.options;
    const head = await ledger.head();
    const expiresAtTime = head.timeSeconds + EXPIRY_SECONDS;
    await signing?.(Number(expiresAtTime));
    const body = encodeBody({
      version: 1,
      chainId: ledger.chainId,
      expiresAtHeight: head.height + EXPIRY_BLOCKS,
      expiresAtTime,
      nonce: await nonces.next(idOf(signer), atLeastNonce),
      message,
    });
    return signPart({body, signatures: []}, signer);
  }

  /**
   * Signs, sends and waits for the block. When the nonce turns out to be used, by this very transaction it is done;
   * else (a restored counter) it asks the ledger for the highest and tries once more.
   * @throws SdkError `tx-refused` with `meta.code` and `meta.codeName`; `tx-timeout` when the outcome is not known
   */
  async send(message: TxMessage, sending: Sending = {}): Promise<TxResult> {
    let txId = '';
    const keep = (about: TxToSend): Promise<void> => {
      ({txId} = about);
      return sending.keep?.(about) ?? Promise.resolve();
    };
    try {
      return await this.attempt(message, {...sending, keep});
    } catch (error) {
      const used =
        error instanceof SdkError &&
        error.code === 'tx-refused' &&
        (error.meta['code'] === CODE.nonceUsed || error.meta['code'] === CODE.nonceTooFar);
      if (!used) throw error;
      const atLeastNonce = (await this.highestNonce()) + 1n;
      return (await this.committed(txId)) ?? this.attempt(message, sending, atLeastNonce);
    }
  }

  private async committed(txId: string): Promise<TxResult | undefined> {
    try {
      return await transaction(this.options.ledger, txId);
    } catch (error) {
      if (isNotCommitted(error)) return undefined;
      throw error;
    }
  }

  private async attempt(message: TxMessage, {coSigners = [], keep}: Sending, atLeastNonce?: bigint): Promise<TxResult> {
    let part = await this.part(message, atLeastNonce);
    for (const key of coSigners) part = signPart(part, key);
    await keep?.({
      txId: toHex(transactionId(part.body, part.signatures)),
      expiresAt: Number(bodyOfPart(part).expiresAtTime),
    });
    return submit(this.options.ledger, txOfPart(part));
  }

  /** The highest nonce of this key that the ledger has seen; 0 when none. */
  async highestNonce(): Promise<bigint> {
    const {ledger, signer} = this.options;
    const [window] = await ledger.state(signer, [{kind: 'nonceWindow', parts: [keyId(publicHalf(signer))]}]);
    return window === undefined ? 0n : decodeCanonical(NonceWindowSchema, window).highest;
  }
}

/**
 * Sends any transaction and waits for its block. The same bytes may be sent again at any time.
 * @throws SdkError `tx-refused`, `tx-timeout`
 */
export async function submit(ledger: VerifiedLedger, tx: Uint8Array): Promise<TxResult> {
  const answer = await ledger.api.post('policy', '/v1/transactions', {
    body: tx,
    contentType: 'tx',
    query: {wait: 'committed'},
  });
  return resultOf(new JsonAnswer(answer.json(), 'transactions'));
}

/** A transaction by its id (hexadecimal). @throws SdkError `tx-not-found`, `tx-refused` */
export async function transaction(ledger: VerifiedLedger, txId: string): Promise<TxResult> {
  return resultOf(new JsonAnswer((await ledger.api.get('policy', `/v1/transactions/${txId}`)).json(), 'transactions'));
}

function resultOf(answer: JsonAnswer): TxResult {
  const code = answer.number('code');
  const txId = answer.text('txId');
  if (code !== CODE.ok)
    throw new SdkError('tx-refused', {
      detail: codeName(code),
      meta: {code, codeName: codeName(code), txId, height: answer.raw('height')},
    });
  return {
    txId,
    height: answer.bigint('height'),
    data: answer.has('data') ? fromHex(answer.text('data')) : new Uint8Array(),
  };
}
