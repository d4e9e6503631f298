import {ACTION, PURPOSE, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {PatientSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {ReleasePage} from '@vitalvault/contracts/gen/storage/v1/storage';
import {ZERO_TAG, generateEncryptionKey, sealDetails} from '@vitalvault/envelope';
import {numberPart} from '@vitalvault/proofs';
import {Transactions, isNotCommitted, transaction} from '../ledger/transactions.js';
import type {TxResult} from '../ledger/transactions.js';
import type {NonceStore} from '../ledger/nonce-store.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {requireId, requireUint32} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {ticketOf} from './access-ticket.js';
import type {AccessQuestion, AccessTicket, SentRequest} from './access-ticket.js';
import {grantedKeys} from './granted-keys.js';
import type {GrantedKeys} from './granted-keys.js';
import type {MemberKeys} from './member-keys.js';
import {numbersOf, withoutCopies} from './opened-record.js';
import type {Finding, Gap, OpenedReadings} from './opened-record.js';
import {openPage} from './release-opener.js';

export interface ClinicianOptions {
  keys: MemberKeys;
  ledger: VerifiedLedger;
  nonces: NonceStore;
}

export interface AccessToRequest {
  patient: string;
  /** Absent: she has no grant and asks anyway. */
  grantId?: string | undefined;
  /**
   * Name, whose tag the wraps of the grant tell; or with the tag (hexadecimal) that they told before. Without grant and
   * tag: a type she cannot name, whatever its name.
   */
  typeName?: string | undefined;
  typeTag?: string | undefined;
  slotFrom: number;
  slotTo: number;
  purpose: keyof typeof PURPOSE;
  action?: keyof typeof ACTION | undefined;
  /** Words to the patient, sealed to her. */
  message?: string | undefined;
}

export interface Opened {
  /** Each measurement once. */
  records: OpenedReadings[];
  /** Measurements of a device that came again, and were left out. */
  copies: number;
  /** What does not fit; the patient was told. */
  findings: Finding[];
  /** Numbers that are not among the records: a reason to ask, no proof that anything was withheld. */
  gaps: Gap[];
  pages: number;
}

const ZERO_GRANT = new Uint8Array(16);

/**
 * A member of an organisation who reads: asks on the ledger, fetches what was released, opens and checks it. @paper ME
 * protocol 4
 */
export class Clinician {
  private readonly transactions: Transactions;

  constructor(private readonly options: ClinicianOptions) {
    this.transactions = new Transactions({
      ledger: options.ledger,
      signer: options.keys.signing,
      nonces: options.nonces,
    });
  }

  /** Keys and names of types of a grant to her. */
  grantedKeys(patient: string, grantId: string): Promise<GrantedKeys> {
    return grantedKeys(this.options.keys, this.options.ledger, patient, grantId);
  }

  /**
   * Commits a request to the ledger; permitted or refused, it is in the patient's log from now on. Nothing is fetched.
   * @param keep called before it is sent, and durable when it answers: see `settleRequest`
   * @returns the ticket; `permit` says what was decided
   * @throws SdkError `tx-timeout` when the decision is not known yet
   */
  async requestAccess(
    access: AccessToRequest,
    keep: (sent: SentRequest) => Promise<void> = () => Promise.resolve(),
  ): Promise<AccessTicket> {
    if (this.options.keys.replacement !== undefined) throw new SdkError('replacement-pending');
    requireUint32('slotFrom', access.slotFrom);
    requireUint32('slotTo', access.slotTo);
    const patient = requireId('patient', access.patient, 20);
    const {ledger} = this.options;
    const {random} = ledger.api.environment;
    const question = await this.questionOf(access);
    const reader = generateEncryptionKey(random);
    const details =
      access.message === undefined
        ? undefined
        : await this.sealedDetails(access.patient, {typeName: access.typeName, message: access.message});
    let sent: SentRequest | undefined;
    const result = await this.transactions.send(
      {
        case: 'requestAccess',
        value: {
          patient,
          grantId: access.grantId === undefined ? ZERO_GRANT : requireId('grantId', access.grantId, 16),
          typeTag: fromHex(question.typeTag),
          slotFrom: access.slotFrom,
          slotTo: access.slotTo,
          purpose: question.purpose,
          action: question.action,
          readerKey: reader.publicKey,
          detailsHash: details?.hash ?? new Uint8Array(32),
        },
      },
      {
        keep: (about) => {
          const readerPrivateKey = toHex(reader.privateKey);
          sent = {...question, ...about, readerPrivateKey, ...(details && {details: toHex(details.blob)})};
          return keep(sent);
        },
      },
    );
    return this.decided(sent as unknown as SentRequest, result);
  }

  /**
   * What became of a request whose answer was lost.
   * @returns its ticket; undefined while it is not decided; `expired` when it can not be decided any more
   */
  async settleRequest(sent: SentRequest): Promise<AccessTicket | 'expired' | undefined> {
    const {ledger} = this.options;
    const {timeSeconds} = await ledger.head();
    try {
      return await this.decided(sent, await transaction(ledger, sent.txId));
    } catch (error) {
      // A refusal need not be the last word: before its nonce is used up the same bytes may still be decided.
      if (!isNotCommitted(error)) throw error;
      return sent.expiresAt < timeSeconds ? 'expired' : undefined;
    }
  }

  private async decided(sent: SentRequest, result: TxResult): Promise<AccessTicket> {
    if (sent.details !== undefined) await this.putDetails(sent.txId, fromHex(sent.details));
    return ticketOf(sent, result);
  }

  /**
   * Fetches and opens what a permit releases. Whatever does not fit is a finding and is reported to the patient.
   * @param keptKeys keys of the grant that were opened before; default: the ones that the patient's wraps give now
   * @throws SdkError `access-refused`, `permit-ended`, `release-limit`, … from storage and policy
   */
  async fetch(ticket: AccessTicket, keptKeys?: GrantedKeys): Promise<Opened> {
    const {ledger} = this.options;
    const keys = keptKeys ?? (await this.keysFor(ticket));
    const records: OpenedReadings[] = [];
    const findings: Finding[] = [];
    let pages = 0;
    for (let next: string | undefined = ''; next !== undefined; pages++) {
      const page = await this.fetchPage(ticket, next === '' ? undefined : next);
      const isOwn = await this.ownership(page, ticket.patient);
      const outcome = await openPage(page, ticket, {
        chainId: ledger.chainId,
        organisation: ledger.api.organisation,
        keyOf: keys.keyOf,
        isOwn,
      });
      records.push(...outcome.opened);
      findings.push(...outcome.findings);
      next = page.nextPage === '' ? undefined : page.nextPage;
    }
    const numbers = numbersOf(records.map(({header}) => header));
    findings.push(...numbers.findings);
    await this.complain(ticket, findings);
    return {...withoutCopies(records), findings, gaps: numbers.gaps, pages};
  }

  /** Reports findings to the patient, by alerts, as many as are taken: what was read is not lost by the others. */
  async complain(ticket: AccessTicket, findings: Finding[]): Promise<void> {
    const {ledger, keys} = this.options;
    for (const {kind, recordId, detail} of findings) {
      try {
        await ledger.api.post('policy', '/v1/complaints', {
          signer: keys.signing,
          body: {txId: ticket.txId, recordId: recordId ?? toHex(new Uint8Array(32)), finding: `${kind}: ${detail}`},
        });
      } catch (error) {
        if (error instanceof SdkError && ['quota-exceeded', 'not-found'].includes(error.code)) return;
        throw error;
      }
    }
  }

  private async keysFor(ticket: AccessTicket): Promise<GrantedKeys> {
    if (ticket.grantId === undefined) throw new SdkError('access-refused', {detail: 'there is no grant'});
    try {
      return await this.grantedKeys(ticket.patient, ticket.grantId);
    } catch (error) {
      // After a revocation the wraps are gone too: what ended the permit is the better answer, if that is what it was.
      if (error instanceof SdkError && error.code === 'wraps-missing') await this.fetchPage(ticket, undefined);
      throw error;
    }
  }

  private async questionOf(access: AccessToRequest): Promise<AccessQuestion> {
    const {patient, grantId, typeName, slotFrom, slotTo} = access;
    let typeTag = access.typeTag ?? toHex(ZERO_TAG);
    if (access.typeTag === undefined && typeName !== undefined && grantId !== undefined) {
      const {types} = await this.grantedKeys(patient, grantId);
      const found = types.find((type) => type.typeName === typeName);
      if (found === undefined)
        throw new SdkError('unknown-type', {
          detail: `the grant does not name ${typeName}; names by a key that the patient gave up do not count`,
        });
      typeTag = found.typeTag;
    }
    return {
      patient,
      grantId,
      typeTag,
      // A name that nothing told the tag of is no name of it: kept, it would pass for one.
      typeName: typeTag === toHex(ZERO_TAG) ? undefined : typeName,
      slotFrom,
      slotTo,
      purpose: PURPOSE[access.purpose],
      action: ACTION[access.action ?? 'read'],
    };
  }

  private async fetchPage({txId}: AccessTicket, page: string | undefined): Promise<ReleasePage> {
    const {ledger, keys} = this.options;
    const answer = await ledger.api.post('storage', '/v1/releases', {
      signer: keys.signing,
      body: {txId, ...(page === undefined ? {} : {page})},
      accept: 'application/vnd.vitalvault.release.v1+protobuf, application/problem+json',
    });
    try {
      return decodeCanonical(ReleasePageSchema, answer.bytes);
    } catch (cause) {
      throw new SdkError('answer-malformed', {detail: 'storage did not answer with a release page', cause});
    }
  }

  /** Which (device, registration) of a page are proven to be the patient's. */
  private async ownership(
    {records}: ReleasePage,
    patient: string,
  ): Promise<(device: Uint8Array, registration: number) => boolean> {
    const {ledger, keys} = this.options;
    const name = (device: Uint8Array, registration: number): string => `${toHex(device)}/${registration}`;
    const asked = new Map<string, Uint8Array[]>();
    for (const {header: bytes} of records) {
      const {device, registration} = decodeCanonical(RecordHeaderSchema, bytes);
      asked.set(name(device, registration), [device, numberPart(registration)]);
    }
    const own = new Set<string>();
    const entries = [...asked];
    for (let at = 0; at < entries.length; at += 64) {
      const some = entries.slice(at, at + 64);
      const values = await ledger.state(
        keys.signing,
        some.map(([, parts]) => ({kind: 'registration' as const, parts})),
      );
      some.forEach(([device], i) => {
        const value = values[i];
        if (value !== undefined && toHex(decodeCanonical(RegistrationSchema, value).owner) === patient) own.add(device);
      });
    }
    return (device, registration) => own.has(name(device, registration));
  }

  private async sealedDetails(
    patient: string,
    details: {typeName: string | undefined; message: string},
  ): Promise<{blob: Uint8Array; hash: Uint8Array}> {
    const {ledger, keys} = this.options;
    const [value] = await ledger.state(keys.signing, [{kind: 'patient', parts: [fromHex(patient)]}]);
    if (value === undefined) throw new SdkError('not-found', {detail: 'no such patient is on the ledger'});
    const context = {chainId: ledger.chainId, patient: fromHex(patient), reader: fromHex(keys.member)};
    const text = new TextEncoder().encode(JSON.stringify(details));
    return sealDetails(
      context,
      decodeCanonical(PatientSchema, value).encryptionKey,
      text,
      ledger.api.environment.random,
    );
  }

  private async putDetails(txId: string, blob: Uint8Array): Promise<void> {
    const {ledger, keys} = this.options;
    await ledger.api.put('policy', `/v1/transactions/${txId}/details`, {
      signer: keys.signing,
      body: blob,
      contentType: 'application/octet-stream',
    });
  }
}
