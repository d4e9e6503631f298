import {LIMITS, decodeCanonical, equalBytes, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import type {ReleasePage, ReleasedRecord} from '@vitalvault/contracts/gen/storage/v1/storage';
import {EnvelopeError, ZERO_TAG, openRecord, openReleaseBundle, recordId} from '@vitalvault/envelope';
import type {EnvelopeErrorCode} from '@vitalvault/envelope';
import {effectiveTimeMs, faultOfDataPoint} from '../open-mhealth/data-point-check.js';
import {schemaById} from '../open-mhealth/known-schemas.js';
import type {AccessTicket} from './access-ticket.js';
import type {Finding, FindingKind, OpenedReadings} from './opened-record.js';

export interface ReleaseTrust {
  chainId: string;
  /** Custodian, 20 bytes. */
  organisation: Uint8Array;
  keyOf: (typeTag: Uint8Array, epoch: number) => Uint8Array | undefined;
  /** Whether (device, registration) was proven to be the patient's. */
  isOwn: (device: Uint8Array, registration: number) => boolean;
}

const FINDING_OF: Partial<Record<EnvelopeErrorCode, FindingKind>> = {
  'ciphertext-hash': 'ciphertext',
  'inner-key-hash': 'inner-key',
  'bad-signature': 'signature',
  'hpke-open': 'decryption',
  'aead-open': 'decryption',
  count: 'count',
};

/**
 * Opens one page of a release and checks every record of it. What does not fit is a finding, never a reading.
 * @throws EnvelopeError when the bundle as a whole does not open
 * @spec docs/protocol.md §7
 */
export async function openPage(
  page: ReleasePage,
  ticket: AccessTicket,
  trust: ReleaseTrust,
): Promise<{opened: OpenedReadings[]; findings: Finding[]}> {
  // A permit that covers no record: nothing was sealed. An emptied page would still have its bundle.
  if (page.records.length === 0 && page.bundle.length === 0) return {opened: [], findings: []};
  const ids = page.records.map((record) => recordId(record));
  const innerKeys = await openReleaseBundle(
    {chainId: trust.chainId, txId: fromHex(ticket.txId), organisation: trust.organisation, recordIds: ids},
    fromHex(ticket.readerPrivateKey),
    page.bundle,
  );
  const opened: OpenedReadings[] = [];
  const findings: Finding[] = [];
  for (const [i, record] of page.records.entries()) {
    const id = toHex(ids[i] ?? new Uint8Array());
    const outcome = await openOne(record, innerKeys[i] ?? new Uint8Array(), {ticket, trust});
    if ('readings' in outcome) opened.push({...outcome, recordId: id});
    else findings.push({...outcome, recordId: id});
  }
  return {opened, findings};
}

async function openOne(
  record: ReleasedRecord,
  innerKey: Uint8Array,
  {ticket, trust}: {ticket: AccessTicket; trust: ReleaseTrust},
): Promise<Omit<OpenedReadings, 'recordId'> | Finding> {
  const header = headerOf(record.header);
  if (header === undefined) return {kind: 'wrong-record', detail: 'the header is not canonical'};
  const stranger = foreign(header, record, ticket, trust);
  if (stranger !== undefined) return stranger;
  const epochPrivateKey = trust.keyOf(header.typeTag, header.epoch);
  if (epochPrivateKey === undefined)
    return {kind: 'no-epoch-key', detail: `the grant's keys have no epoch ${header.epoch} of this type`};
  try {
    const {payload} = await openRecord({...record, innerKey, devicePublicKey: record.deviceKey, epochPrivateKey});
    const readings = payload.readings.map((bytes) => new TextDecoder().decode(bytes));
    return (
      payloadFault(header, payload.schemaId, payload.schemaHash, readings) ?? {
        header,
        schemaId: payload.schemaId,
        readings,
        logIndex: record.logIndex,
      }
    );
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return {kind: FINDING_OF[error.code] ?? 'payload', detail: error.message};
  }
}

/** A record that the ticket does not cover, or of a device that is not proven to be the patient's. */
function foreign(
  header: RecordHeader,
  {deviceKey}: ReleasedRecord,
  ticket: AccessTicket,
  trust: ReleaseTrust,
): Finding | undefined {
  if (header.chainId !== trust.chainId || toHex(header.patient) !== ticket.patient)
    return {kind: 'wrong-record', detail: 'the record is of another patient or ledger'};
  const tag = fromHex(ticket.typeTag);
  if (!equalBytes(tag, ZERO_TAG) && !equalBytes(header.typeTag, tag))
    return {kind: 'wrong-record', detail: 'the record is of another type than was asked for'};
  if (header.slot < ticket.slotFrom || header.slot > ticket.slotTo)
    return {kind: 'wrong-record', detail: `the record is of slot ${header.slot}, which was not asked for`};
  const own =
    equalBytes(keyId({alg: 1, publicKey: deviceKey}), header.device) && trust.isOwn(header.device, header.registration);
  return own
    ? undefined
    : {kind: 'wrong-owner', detail: `device ${toHex(header.device)} is not proven to be the patient's`};
}

function payloadFault(
  header: RecordHeader,
  schemaId: string,
  hash: Uint8Array,
  readings: string[],
): Finding | undefined {
  const schema = schemaById(schemaId);
  if (schema === undefined) return {kind: 'schema', detail: `unknown schema ${schemaId}`};
  if (!equalBytes(schema.hash, hash))
    return {kind: 'schema', detail: `${schemaId} was another text when this was sealed`};
  for (const text of readings) {
    const fault = faultOfDataPoint(schemaId, text);
    if (fault !== undefined) return {kind: 'schema', detail: fault};
    const time = effectiveTimeMs(text);
    if (time === undefined || Math.floor(time / (LIMITS.slotSeconds * 1000)) !== header.slot)
      return {kind: 'slot', detail: `a reading is not of slot ${header.slot}`};
  }
  return undefined;
}

function headerOf(bytes: Uint8Array): RecordHeader | undefined {
  try {
    return decodeCanonical(RecordHeaderSchema, bytes);
  } catch {
    return undefined;
  }
}
