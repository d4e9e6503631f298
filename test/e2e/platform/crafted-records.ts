import {build, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import type {ChangesTo} from '@vitalvault/contracts';
import {PostedRecordSchema, PostedRecordsSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted, signDigest} from '@vitalvault/envelope';
import {deviceIdOf, privateHalf} from '@vitalvault/sdk';
import type {DeviceActor} from './actors.js';
import {random} from './actors.js';

export const RECORD = 'application/vnd.vitalvault.record.v1+protobuf';
export const RECORDS = 'application/vnd.vitalvault.records.v1+protobuf';
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export type HeaderChange = ChangesTo<typeof RecordHeaderSchema>;
export type PostedChange = ChangesTo<typeof PostedRecordSchema>;

/** Well-formed records of a real device, numbered by the test itself, in which any field can be another. */
export class CraftedRecords {
  #sequence: bigint;

  constructor(
    private readonly actor: Pick<DeviceActor, 'key' | 'config'>,
    private readonly slot: number,
    after = 0n,
  ) {
    this.#sequence = after;
  }

  get device(): string {
    return deviceIdOf(this.actor.key);
  }

  /** A record with the next number, or with what `header` says. */
  next(header: HeaderChange = {}, posted: PostedChange = {}): PostedRecord {
    this.#sequence += 1n;
    return this.make({sequence: this.#sequence, tagSequence: this.#sequence, ...header}, posted);
  }

  /** Like `next`, without a number of its own: whoever refuses it must not have counted it. */
  make(header: HeaderChange = {}, posted: PostedChange = {}): PostedRecord {
    const {config, key} = this.actor;
    const [custodian] = config.custodians;
    const sequence = this.#sequence + 1n;
    const made = build(PostedRecordSchema, {
      header: encodeCanonical(RecordHeaderSchema, {
        version: 1,
        kind: 1,
        chainId: config.chainId,
        patient: config.patient,
        device: fromHex(this.device),
        registration: config.registration,
        typeTag: config.typeTags[0] ?? new Uint8Array(),
        epoch: 1,
        slot: this.slot,
        sequence,
        tagSequence: sequence,
        count: 3,
        releaseSuite: 1,
        releaseKeyId: custodian?.releaseKeyId ?? new Uint8Array(),
        ...header,
      }),
      ciphertext: random(256),
      sealedKey: random(128),
      innerKeyHash: random(32),
      signature: new Uint8Array(),
      ...posted,
    });
    if (posted.signature === undefined) made.signature = signDigest(privateHalf(key), recordIdOfPosted(made));
    return made;
  }
}

export const one = (posted: PostedRecord): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(encodeCanonical(PostedRecordSchema, posted));
export const many = (records: PostedRecord[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(encodeCanonical(PostedRecordsSchema, {records}));

/** The same signature with n − s: valid mathematics, refused by rule. */
export function withHighS(posted: PostedRecord): PostedRecord {
  const s = (CURVE_ORDER - BigInt(`0x${toHex(posted.signature.slice(32))}`)).toString(16).padStart(64, '0');
  return {...posted, signature: fromHex(toHex(posted.signature.slice(0, 32)) + s)};
}
