import {build, decodeCanonical, encodeCanonical, taggedHash, toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {cidOf, recordIdOfPosted} from '@vitalvault/envelope';
import fc from 'fast-check';
import {
  CHAIN_ID,
  sampleMessage,
  samplePosted,
  sampleRecord,
  sampleSkip,
  sampleSkipMessage,
} from '../../test/support/sample-records.js';
import {parseAccepted} from './parse-accepted.js';

const options = {chainId: CHAIN_ID, traceparent: 'trace'};
const withRecord = (change: Partial<PostedRecord>): Uint8Array =>
  encodeCanonical(RecordAcceptedSchema, {
    record: build(PostedRecordSchema, {...samplePosted(), ...change}),
    receipt: {accepted: Uint8Array.of(1)},
    acceptedAtMs: 1n,
  });
const nameOf = (value: Uint8Array): unknown => {
  try {
    parseAccepted(value, options);
    return 'taken';
  } catch (error) {
    return (error as Error).name;
  }
};

describe('parseAccepted', () => {
  it('gives what the device signed, by its own computation', () => {
    const posted = samplePosted();
    const accepted = parseAccepted(sampleMessage(), options);
    expect(accepted).toMatchObject({
      kind: 'record',
      record: {
        recordId: toHex(recordIdOfPosted(posted)),
        cid: cidOf(posted.ciphertext),
        sequence: 1n,
        registration: 1,
        slot: 490_000,
        traceparent: 'trace',
        acceptedAtMs: 5n,
      },
    });
  });

  it.each<[string, Partial<PostedRecord>]>([
    ['a ciphertext that is no size class', {ciphertext: new Uint8Array(300)}],
    ['an empty ciphertext', {ciphertext: new Uint8Array()}],
    ['a sealed key of another length', {sealedKey: new Uint8Array(127)}],
    ['an inner key hash of another length', {innerKeyHash: new Uint8Array(31)}],
    ['a signature of another length', {signature: new Uint8Array(65)}],
    ['a header that is none', {header: Uint8Array.of(9, 9)}],
    ['no header', {header: new Uint8Array()}],
  ])('gives up %s, for every version', (_what, change) => {
    expect(nameOf(withRecord(change))).toBe('JunkMessage');
  });

  it('gives up a record of another chain', () => {
    expect(nameOf(sampleMessage({chainId: 'other'}))).toBe('JunkMessage');
  });

  const header = decodeCanonical(RecordHeaderSchema, samplePosted().header);
  const more = Uint8Array.of(0xf8, 0x07, 1);
  it.each<[string, Partial<PostedRecord>]>([
    ['a version', {header: encodeCanonical(RecordHeaderSchema, {...header, version: 2})}],
    ['a kind', {header: encodeCanonical(RecordHeaderSchema, {...header, kind: 2})}],
    [
      'a suite, whatever length its keys have',
      {header: encodeCanonical(RecordHeaderSchema, {...header, releaseSuite: 2}), sealedKey: new Uint8Array(160)},
    ],
    ['a field of the header', {header: Uint8Array.from([...samplePosted().header, ...more])}],
    ['a size class', {ciphertext: new Uint8Array(131_072)}],
  ])('waits for a later version that may know %s', (_what, change) => {
    expect(nameOf(withRecord(change))).toBe('NewerMessage');
  });

  it('waits for a later version that may know a field of the message', () => {
    expect(nameOf(Uint8Array.from([...sampleMessage(), ...more]))).toBe('NewerMessage');
  });

  it.each([{sequence: 0n}, {patient: new Uint8Array(19)}, {typeTag: new Uint8Array(15)}])(
    'gives up numbers and ids that the ledger cannot take (%#)',
    (change) => {
      expect(nameOf(sampleMessage(change))).toBe('JunkMessage');
    },
  );

  it.each([{sequence: 2n ** 64n - 1n}, {slot: 2 ** 32 - 1}])('takes the greatest numbers (%#)', (change) => {
    expect(nameOf(sampleMessage(change))).toBe('taken');
  });

  it('gives a skip by what the device signed', () => {
    const {skip, skipId} = sampleSkip({sequence: 7n});
    expect(skipId).toBe(toHex(taggedHash('skip', skip)));
    expect(parseAccepted(sampleSkipMessage({sequence: 7n}), options)).toMatchObject({
      kind: 'skip',
      skip: {skipId, sequence: 7n, registration: 1, traceparent: 'trace'},
    });
  });

  it.each([{signatureBytes: 63}, {chainId: 'other'}, {typeTag: new Uint8Array(3)}, {sequence: 0n}])(
    'gives up a skip of the wrong shape (%#)',
    (change) => {
      expect(nameOf(sampleSkipMessage(change))).toBe('JunkMessage');
    },
  );

  it('gives up what is both a record and a skip', () => {
    const both = encodeCanonical(RecordAcceptedSchema, {
      record: samplePosted(),
      receipt: {accepted: Uint8Array.of(1)},
      skip: {skip: Uint8Array.of(1)},
    });
    expect(nameOf(both)).toBe('JunkMessage');
  });

  it('any bytes at all are taken, junk or newer, never a failure of another kind', () => {
    const message = sampleMessage();
    const known = ['taken', 'JunkMessage', 'NewerMessage'];
    fc.assert(fc.property(fc.uint8Array({maxLength: 400}), (bytes) => known.indexOf(String(nameOf(bytes))) > 0));
    fc.assert(
      fc.property(fc.nat(message.length - 1), fc.integer({min: 1, max: 255}), (at, flip) => {
        const changed = Uint8Array.from(message);
        changed[at] = (changed[at] ?? 0) ^ flip;
        return known.includes(String(nameOf(changed)));
      }),
    );
  });

  it('another ciphertext is another record', () => {
    expect(sampleRecord({text: 'a'}).recordId).not.toBe(sampleRecord({text: 'b'}).recordId);
  });
});
