import {LIMITS, decodeCanonical, encodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {PostedRecordSchema, PostedRecordsSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {openAccepted} from '@vitalvault/envelope';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import {problemError} from '../http/problem.js';
import {SdkError} from '../sdk-error.js';
import type {PendingRecord} from './device-stores.js';
import type {KeptRecord} from './settled-fate.js';

/** What ingest said about one posted record. */
export type PostOutcome = {recordId: string; sequence: bigint} & (
  | {
      status: 'accepted' | 'duplicate';
      acceptedAtMs: number;
      /** Canonical SignedAccepted, hexadecimal. */ receipt: string;
    }
  | {status: 'refused'; error: SdkError}
);

export interface PostingOptions {
  /** Key id of the device. */
  device: Uint8Array;
  config: DeviceConfig;
  api: ApiClient;
}

/** Sends a device's records to a custodian's ingest, and believes only receipts that this custodian signed for them. */
export class RecordPosting {
  constructor(private readonly options: PostingOptions) {}

  /** @throws SdkError when a whole body is refused or nobody answers; `receipt-invalid` */
  async post(records: PendingRecord[]): Promise<PostOutcome[]> {
    const outcomes: PostOutcome[] = [];
    for (const body of bodiesOf(records)) outcomes.push(...(await this.postBody(body)));
    return outcomes;
  }

  private async postBody(records: PendingRecord[]): Promise<PostOutcome[]> {
    try {
      return await this.postWhole(records);
    } catch (error) {
      // An operator may allow fewer at once than the protocol's default.
      if (!(error instanceof SdkError && error.code === 'too-many-records') || records.length === 1) throw error;
      const half = Math.ceil(records.length / 2);
      return [...(await this.postBody(records.slice(0, half))), ...(await this.postBody(records.slice(half)))];
    }
  }

  private async postWhole(records: PendingRecord[]): Promise<PostOutcome[]> {
    const answer = await this.options.api.post('ingest', '/v1/records', {
      body: encodeCanonical(PostedRecordsSchema, {
        records: records.map(({posted}) => decodeCanonical(PostedRecordSchema, fromHex(posted))),
      }),
      contentType: 'records',
    });
    const items = new JsonAnswer(answer.json(), 'records').list('records');
    if (items.length !== records.length)
      throw new SdkError('answer-malformed', {detail: 'ingest answered for another number of records'});
    return records.map((record, i) => this.outcomeOf(record, new JsonAnswer(items[i], 'record')));
  }

  private outcomeOf({recordId, sequence, registration}: PendingRecord, answer: JsonAnswer): PostOutcome {
    const status = answer.text('status');
    const known = {recordId, sequence: BigInt(sequence)};
    if (status !== 'accepted' && status !== 'duplicate') {
      const problem = answer.raw('problem');
      return {
        ...known,
        status: 'refused',
        error: problemError(
          typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>) : {},
        ),
      };
    }
    const receipt = answer.bytes('receipt');
    const acceptedAtMs = this.checkReceipt(receipt, {...known, registration});
    return {...known, status, acceptedAtMs, receipt: toHex(receipt)};
  }

  /**
   * Time of acceptance (Unix milliseconds) by a receipt that the custodian's ingest signed for exactly this record.
   * @throws SdkError `receipt-invalid`
   */
  checkReceipt(bytes: Uint8Array, record: Pick<KeptRecord, 'recordId' | 'sequence' | 'registration'>): number {
    const {config, api, device} = this.options;
    const ingestKey = config.custodians.find(({organisation}) => equalBytes(organisation, api.organisation))?.ingestKey;
    try {
      if (ingestKey === undefined) throw new RangeError('no ingest key of this custodian in the configuration');
      const accepted = openAccepted(decodeCanonical(SignedAcceptedSchema, bytes), ingestKey);
      const fits =
        accepted.chainId === config.chainId &&
        equalBytes(accepted.organisation, api.organisation) &&
        equalBytes(accepted.device, device) &&
        accepted.registration === record.registration &&
        accepted.sequence === record.sequence &&
        toHex(accepted.recordId) === record.recordId;
      if (!fits) throw new RangeError('it speaks of another record');
      return Number(accepted.acceptedAtMs);
    } catch (cause) {
      throw new SdkError('receipt-invalid', {detail: cause instanceof Error ? cause.message : 'not a receipt', cause});
    }
  }
}

/** As many of one device go at once by default (docs/protocol.md §3.3). */
const RECORDS_AT_ONCE = 256;

/** Records in runs whose bodies stay below 1 MiB, and below what a device may send at once. */
function bodiesOf(records: PendingRecord[]): PendingRecord[][] {
  const bodies: PendingRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = record.posted.length / 2 + 8;
    if (bytes > room || bodies.at(-1)?.length === RECORDS_AT_ONCE) {
      bodies.push([]);
      room = LIMITS.postBodyBytes;
    }
    bodies.at(-1)?.push(record);
    room -= bytes;
  }
  return bodies;
}
