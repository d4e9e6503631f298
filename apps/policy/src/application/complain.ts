import {TOPICS, alertOf, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {DomainError} from '@vitalvault/errors';
import {currentTraceparent} from '@vitalvault/process';
import {accessOf} from './access-of.js';
import type {Clock, DocumentStore, Id, Projection, ReleaseRegister} from './ports.js';

export interface Complaint {
  readonly txId: Id;
  readonly recordId: Id;
  /** What did not fit, as the reader's client words it. */
  readonly finding: string;
}

const DAY_MS = 86_400_000;
/** A reader has told enough by then, and must not bury what else a patient is told. */
const MOST_A_DAY = 16;

/** Takes what a reader's client found wrong with what she was given, and alerts the patient. */
export class Complain {
  constructor(
    private readonly options: {now: Clock},
    private readonly ports: {projection: Projection; register: ReleaseRegister; documents: DocumentStore},
  ) {}

  /** Durable when it returns. @throws DomainError tx-not-found, not-yours, access-refused, not-found, quota-exceeded */
  async execute(complaint: Complaint, caller: Id): Promise<void> {
    const {txId} = complaint;
    const {patient, event} = await accessOf(this.ports.projection, txId);
    const {reader, organisation, decision, request} = event;
    if (toHex(reader) !== caller)
      throw new DomainError('not-yours', {detail: 'Only the reader of the transaction may complain.'});
    if (decision?.permit !== true || request === undefined) throw new DomainError('access-refused');
    if (!(await this.ports.register.answered(txId)))
      throw new DomainError('not-found', {detail: 'Nothing was released for that permit.'});
    const subject = await this.subjectOf(complaint);
    const finding = kindOf(complaint.finding);
    const nowMs = this.options.now();
    const alert = alertOf({
      patient: request.patient,
      kind: AlertKind.READER_COMPLAINT,
      raisedAtMs: BigInt(nowMs),
      subject: fromHex(subject),
      text: `A reader could not accept what was released: ${finding}`,
      reader,
      organisation,
      permit: true,
      request,
    });
    const kept = await this.ports.documents.putComplaint(
      {reader: caller, subject, finding, patient, day: Math.floor(nowMs / DAY_MS)},
      MOST_A_DAY,
      {
        topic: TOPICS.alerts,
        key: patient,
        value: encodeCanonical(AlertSchema, alert),
        messageId: toHex(alert.alertId),
        traceparent: currentTraceparent(),
      },
    );
    if (!kept)
      throw new DomainError('quota-exceeded', {
        detail: `A patient is told of ${MOST_A_DAY} complaints of a reader in a day.`,
        retryAfterSeconds: Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1_000),
      });
  }

  // A gap is about no record. Nor is what storage put between the records that policy released: nobody knows its id.
  private async subjectOf({txId, recordId}: Complaint): Promise<Id> {
    return (await this.ports.register.answered(txId, recordId)) ? recordId : txId;
  }
}

/** The word before the first colon. The rest may hold what the client saw, which is not for the platform to keep. */
function kindOf(finding: string): string {
  return /^[a-z][a-z0-9-]{0,63}(?=:|$)/.exec(finding)?.[0] ?? 'other';
}
