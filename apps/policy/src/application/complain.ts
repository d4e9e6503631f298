import {TOPICS, alertOf, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {DomainError} from '@vitalvault/errors';
import {currentTraceparent} from '@vitalvault/process';
import {accessOf} from './access-of.js';
import type {Clock, DocumentStore, Id, Projection} from './ports.js';

export interface Complaint {
  readonly txId: Id;
  readonly recordId: Id;
  /** What did not fit, as the reader's client words it. */
  readonly finding: string;
}

/** Takes what a reader's client found wrong with what she was given, and alerts the patient. */
export class Complain {
  constructor(
    private readonly options: {now: Clock},
    private readonly ports: {projection: Projection; documents: DocumentStore},
  ) {}

  /** Durable when it returns. @throws DomainError tx-not-found, not-yours, access-refused */
  async execute(complaint: Complaint, caller: Id): Promise<void> {
    const {patient, event} = await accessOf(this.ports.projection, complaint.txId);
    const {reader, organisation, decision, request} = event;
    if (toHex(reader) !== caller)
      throw new DomainError('not-yours', {detail: 'Only the reader of the transaction may complain.'});
    if (decision?.permit !== true || request === undefined) throw new DomainError('access-refused');
    // A gap is about no record: then the alert is about the permit.
    const subject = fromHex(/^0+$/.test(complaint.recordId) ? complaint.txId : complaint.recordId);
    const kind = kindOf(complaint.finding);
    const alert = alertOf({
      patient: request.patient,
      kind: AlertKind.READER_COMPLAINT,
      raisedAtMs: BigInt(this.options.now()),
      subject,
      text: `A reader could not accept what was released: ${kind}`,
      reader,
      organisation,
      permit: true,
      request,
    });
    await this.ports.documents.putComplaint(
      {...complaint, finding: kind},
      {
        topic: TOPICS.alerts,
        key: patient,
        value: encodeCanonical(AlertSchema, alert),
        messageId: toHex(alert.alertId),
        traceparent: currentTraceparent(),
      },
    );
  }
}

/** The word before the first colon. The rest may hold what the client saw, which is not for the platform to keep. */
function kindOf(finding: string): string {
  return /^[a-z][a-z0-9-]{0,63}(?=:|$)/.exec(finding)?.[0] ?? 'other';
}
