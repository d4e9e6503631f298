import {fromHex} from '@vitalvault/contracts';
import type {Environment} from '../environment.js';
import {Transactions} from '../ledger/transactions.js';
import type {NonceStore} from '../ledger/nonce-store.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import type {DueEnding, PatientKeys} from './patient-keys.js';

export interface PatientOptions {
  keys: PatientKeys;
  ledger: VerifiedLedger;
  nonces: NonceStore;
  /** Durable before it answers: new epoch keys are saved before they are published. */
  save: (keys: PatientKeys) => Promise<void>;
  /** What became of something that she took back and that was not proven: for the person, in words. */
  tell?: ((notice: EndingNotice) => void) | undefined;
}

/** Not proven: it was sent, is kept, and is sent again at the next occasion. */
export interface EndingNotice {
  ending: DueEnding;
  isProven: boolean;
  /** Proven is that the ledger has none of hers, and that nothing that this home signed can make one any more. */
  isNone?: boolean;
  /** Why it is not proven. */
  error?: unknown;
}

/** What all of a patient's actions share. */
export class PatientContext {
  readonly keys: PatientKeys;
  readonly ledger: VerifiedLedger;

  constructor(private readonly options: PatientOptions) {
    this.keys = options.keys;
    this.ledger = options.ledger;
    const {newestHeader} = options.keys;
    if (newestHeader !== undefined)
      this.ledger.remember({height: BigInt(newestHeader.height), timeSeconds: BigInt(newestHeader.time)});
  }

  /** By her current key. @throws SdkError `replacement-pending` */
  get transactions(): Transactions {
    this.requireSettledKey();
    return this.transactionsOfCurrentKey();
  }

  /** For the replacement itself; everything else waits until it is settled which key is hers. */
  transactionsOfCurrentKey(): Transactions {
    const {ledger, nonces, keys} = this.options;
    return new Transactions({
      ledger,
      nonces,
      signer: keys.signing,
      signing: (expiresAt) => {
        keys.newestExpiry = Math.max(keys.newestExpiry, expiresAt);
        return this.save();
      },
    });
  }

  /** @throws SdkError `replacement-pending` */
  requireSettledKey(): void {
    if (this.keys.replacement !== undefined) throw new SdkError('replacement-pending');
  }

  get id(): Uint8Array {
    return fromHex(this.keys.patient);
  }

  get environment(): Environment {
    return this.ledger.api.environment;
  }

  tell(notice: EndingNotice): void {
    this.options.tell?.(notice);
  }

  save(): Promise<void> {
    const {newest} = this.ledger;
    if (newest !== undefined)
      this.keys.newestHeader = {height: String(newest.height), time: Number(newest.timeSeconds)};
    return this.options.save(this.keys);
  }
}
