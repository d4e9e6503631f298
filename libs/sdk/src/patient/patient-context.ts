import {fromHex} from '@vitalvault/contracts';
import type {Environment} from '../environment.js';
import {Transactions} from '../ledger/transactions.js';
import type {NonceStore} from '../ledger/nonce-store.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import type {PatientKeys} from './patient-keys.js';
import {settleSent} from './settle-sent.js';

export interface PatientOptions {
  keys: PatientKeys;
  ledger: VerifiedLedger;
  nonces: NonceStore;
  /** Durable before it answers: new epoch keys are saved before they are published. */
  save: (keys: PatientKeys) => Promise<void>;
}

/** What all of a patient's actions share. */
export class PatientContext {
  readonly keys: PatientKeys;
  readonly ledger: VerifiedLedger;

  constructor(private readonly options: PatientOptions) {
    this.keys = options.keys;
    this.ledger = options.ledger;
  }

  /** By her current key. @throws SdkError `replacement-pending` */
  get transactions(): Transactions {
    this.requireSettledKey();
    return this.transactionsOfCurrentKey();
  }

  /** For the replacement itself; everything else waits until it is settled which key is hers. */
  transactionsOfCurrentKey(): Transactions {
    const {ledger, nonces, keys} = this.options;
    return new Transactions({ledger, nonces, signer: keys.signing});
  }

  /** @throws SdkError `replacement-pending` */
  requireSettledKey(): void {
    if (this.keys.replacement !== undefined) throw new SdkError('replacement-pending');
  }

  /**
   * Before anything that depends on what the ledger has of hers: settles what was sent before.
   * @throws SdkError `replacement-pending`
   */
  async settle(): Promise<void> {
    this.requireSettledKey();
    await settleSent(this);
  }

  get id(): Uint8Array {
    return fromHex(this.keys.patient);
  }

  get environment(): Environment {
    return this.ledger.api.environment;
  }

  save(): Promise<void> {
    return this.options.save(this.keys);
  }
}
