import {toHex} from '@vitalvault/contracts';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {HEART_RATE, tagOf} from '@vitalvault/sdk';
import type {AccessTicket, GrantResult, GrantTerms, SentRequest} from '@vitalvault/sdk';
import {enrolClinician, enrolPatient, openOffice, registerDevice} from './actors.js';
import type {ClinicianActor, Office, PatientActor} from './actors.js';
import {CraftedRecords, RECORD, one} from './crafted-records.js';
import type {Platform} from './platform.js';

interface Readyz {
  readonly status: number;
  readonly text: string;
}

/** Who a running system is for: a patient with a wearable, and a clinician whom she lets read. */
export class Ward {
  private constructor(
    readonly platform: Platform,
    readonly office: Office,
    readonly owner: PatientActor,
    readonly ada: ClinicianActor,
    readonly records: CraftedRecords,
    /** The ledger's hour when all this began. */
    readonly now: number,
  ) {}

  static async open(platform: Platform): Promise<Ward> {
    const office = await openOffice(platform);
    const now = await office.ledger.slot();
    const [owner, ada] = await Promise.all([enrolPatient(office, now - 100), enrolClinician(office)]);
    const records = new CraftedRecords(await registerDevice(office, owner, now - 50), now - 1);
    return new Ward(platform, office, owner, ada, records, now);
  }

  /** A new grant for a day. */
  grant(more: Partial<GrantTerms> = {}): Promise<GrantResult> {
    return this.owner.grants.put({
      grantee: this.ada.keys.member,
      types: [HEART_RATE],
      purposes: ['TREAT'],
      accessFromSlot: this.now - 2,
      accessToSlot: this.now + 24,
      dataFromSlot: this.now - 50,
      dataToSlot: this.now,
      ...more,
    });
  }

  /**
   * The clinician asks for the last hours.
   * @param slot asks for this hour alone
   * @param keep see Clinician.requestAccess
   * @throws SdkError when it is not decided
   */
  ask(grantId: string, slot?: number, keep?: (sent: SentRequest) => Promise<void>): Promise<AccessTicket> {
    const question = {
      patient: this.owner.keys.patient,
      grantId,
      typeTag: toHex(tagOf(this.owner.keys, HEART_RATE)),
      slotFrom: slot ?? this.now - 2,
      slotTo: slot ?? this.now,
      purpose: 'TREAT',
    } as const;
    return this.ada.clinician.requestAccess(question, keep);
  }

  post(record: PostedRecord, patienceMs = 60_000): Promise<Response> {
    return fetch(`${this.platform.endpoints.services.ingest}/v1/records`, {
      method: 'POST',
      body: Buffer.from(one(record)),
      headers: {'content-type': RECORD},
      signal: AbortSignal.timeout(patienceMs),
    });
  }

  /** `anchored` and the like, as storage says; the HTTP status where it says none. */
  async stateOf(record: PostedRecord): Promise<string> {
    const id = toHex(recordIdOfPosted(record));
    const response = await fetch(`${this.platform.endpoints.services.storage}/v1/records/${id}/status`);
    return ((await response.json()) as {state?: string}).state ?? `HTTP ${response.status}`;
  }

  async readyz(name: string): Promise<Readyz> {
    const response = await fetch(`${this.platform.endpoints.management[name] ?? ''}/readyz`);
    return {status: response.status, text: await response.text()};
  }
}
