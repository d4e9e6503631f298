import {decodeCanonical} from '@vitalvault/contracts';
import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {SdkError} from '@vitalvault/sdk';
import type {AccessTicket, SentRequest, TxResult, VerifiedLedger} from '@vitalvault/sdk';
import {setTimeout as pause} from 'node:timers/promises';
import type {Journal} from './journal.js';
import {inDatabase} from './platform.js';
import type {Ward} from './ward.js';

/** Of one look into notify's database, which may be away itself. */
const LOOK_MS = 2_000;

/**
 * A patient and a clinician of good faith: she grants, the clinician asks and fetches, she revokes, and the clinician
 * tries again with what she has. Whatever fails on the way is a turn that ended early; what was seen is written down.
 */
export class Reader {
  /** Permits by the grant of this turn that a fetch may be tried with. */
  #tickets: AccessTicket[] = [];
  /** When keys came to her, Unix milliseconds. */
  readonly opened: number[] = [];

  /** @param ledger as the clinician sees it; with one attempt she shows its first answer */
  constructor(
    private readonly ward: Ward,
    private readonly ledger: VerifiedLedger,
    private readonly journal: Journal,
    /** The hour that is asked for: what it has can be opened. */
    private readonly slot: number,
  ) {}

  async turn(): Promise<void> {
    this.#tickets = [];
    const grant = await this.#grant();
    if (grant === undefined) return;
    await this.#ask(grant);
    for (const ticket of this.#tickets) await this.#fetch(ticket);
    if (!(await this.#revoke(grant))) return;
    for (const ticket of this.#tickets) await this.#fetch(ticket);
    // A refusal, which has its entry and its alert as well.
    await this.#ask(grant);
  }

  get #patient(): string {
    return this.ward.owner.keys.patient;
  }

  async #grant(): Promise<string | undefined> {
    const sent = Date.now();
    const put = await this.ward.grant().catch(() => undefined);
    if (put !== undefined) this.#change('grant', put, sent);
    return put?.grantId;
  }

  async #revoke(grantId: string): Promise<boolean> {
    const sent = Date.now();
    const {result} = (await this.ward.owner.grants.revoke(grantId).catch(() => undefined)) ?? {};
    if (result !== undefined) this.#change('revoke', {grantId, result}, sent);
    return result !== undefined;
  }

  #change(act: 'grant' | 'revoke', {grantId, result}: {grantId: string; result: TxResult}, sent: number): void {
    const about = {act, patient: this.#patient, grant: grantId, tx: result.txId};
    this.journal.write({...about, sent, answered: Date.now(), outcome: 'committed'});
  }

  async #ask(grantId: string): Promise<void> {
    const kept: SentRequest[] = [];
    const sent = Date.now();
    const ticket = await this.ward
      .ask(grantId, this.slot, (request) => {
        kept.push(request);
        return Promise.resolve();
      })
      .catch(() => undefined);
    const tx = kept.at(-1)?.txId;
    if (tx === undefined) return;
    const outcome = ticket === undefined ? 'unknown' : ticket.permit ? 'permitted' : 'refused';
    const answered = ticket === undefined ? null : Date.now();
    this.journal.write({act: 'request', patient: this.#patient, grant: grantId, tx, sent, answered, outcome});
    if (ticket?.permit === true) this.#tickets.push(ticket);
  }

  async #fetch({txId}: AccessTicket): Promise<void> {
    const sent = Date.now();
    const outcome = await this.ledger.api
      .post('storage', '/v1/releases', {
        signer: this.ward.ada.keys.signing,
        body: {txId},
        accept: 'application/vnd.vitalvault.release.v1+protobuf, application/problem+json',
      })
      .then(({bytes}) => (decodeCanonical(ReleasePageSchema, bytes).records.length > 0 ? 'opened' : 'refused'))
      .catch((error: unknown) => (error instanceof SdkError && error.status !== undefined ? 'refused' : 'unknown'));
    const about = {act: 'fetch', patient: this.#patient, tx: txId, sent, outcome} as const;
    const answered = Date.now();
    if (outcome === 'opened') {
      this.opened.push(answered);
      // Asked at once: what is durable now was durable at the answer, but for the milliseconds of this look.
      this.journal.write({...about, answered, alerted: await this.#isAlerted(txId)});
    } else this.journal.write({...about, answered: outcome === 'unknown' ? null : answered});
  }

  /** Whether somebody else can read the permit's alert in notify's database; null: nobody could look. */
  async #isAlerted(txId: string): Promise<boolean | null> {
    const look = inDatabase(this.ward.platform, 'notify', async (client) => {
      const {rowCount} = await client.query('SELECT 1 FROM alerts WHERE patient = $1 AND subject = $2 AND kind = $3', [
        this.#patient,
        txId,
        AlertKind.ACCESS_PERMITTED,
      ]);
      return rowCount === 1;
    }).catch(() => null);
    return Promise.race([look, pause(LOOK_MS, null)]);
  }
}
