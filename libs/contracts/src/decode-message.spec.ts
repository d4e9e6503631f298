import {toBinary} from '@bufbuild/protobuf';
import {encodeCanonical} from './canonical.js';
import {build} from './complete.js';
import {JunkMessage, NewerMessage, decodeMessage} from './decode-message.js';
import {AlertSchema} from './gen/vitalvault/events/v1/events_pb.js';
import {TxSchema} from './gen/vitalvault/ledger/v1/tx_pb.js';
import {RecordHeaderSchema} from './gen/vitalvault/record/v1/record_pb.js';
import {fromHex, toHex} from './hex.js';

const alert = toHex(encodeCanonical(AlertSchema, {kind: 4, raisedAtMs: 7n}));

describe('decodeMessage', () => {
  it('gives what is canonical', () => {
    expect(decodeMessage(AlertSchema, fromHex(alert))).toMatchObject({kind: 4, raisedAtMs: 7n});
  });

  it.each([
    ['a field behind all', RecordHeaderSchema, '0801f80701'],
    ['a field behind all, of bytes', RecordHeaderSchema, '0801fa07026869'],
    ['a list that it does not know', RecordHeaderSchema, '0801f80701f80702'],
    ['a field inside', TxSchema, '1203f80701'],
    ['a field of the largest number', RecordHeaderSchema, '0801f8ffffff0f01'],
    ['only such a field', AlertSchema, 'f80701'],
  ])('waits for a later version where there is %s', (_what, schema, hex) => {
    expect(() => decodeMessage(schema, fromHex(hex))).toThrow(NewerMessage);
  });

  it.each([
    ['text', AlertSchema, toHex(Buffer.from('of nobody'))],
    ['a length that leads out of it', RecordHeaderSchema, '0801fa070568'],
    ['an unknown field before a known one', RecordHeaderSchema, 'f807010801'],
    ['an unknown field, and one twice', RecordHeaderSchema, '08010801f80701'],
    ['a field of no number', RecordHeaderSchema, '000108010801'],
    ['a field of a number above all', RecordHeaderSchema, '080180808080808001f8'],
    ['a group', AlertSchema, '7b7c'],
    ['a default that is written', RecordHeaderSchema, '0800'],
    ['a number that is longer than it need be', RecordHeaderSchema, '088100'],
  ])('knows as junk, for every version: %s', (_what, schema, hex) => {
    expect(() => decodeMessage(schema, fromHex(hex))).toThrow(JunkMessage);
  });

  it('repeats nothing that was sent', () => {
    const secret = 'a very personal text';
    const bytes = toBinary(AlertSchema, build(AlertSchema, {text: secret}));
    for (const end of ['08', 'f80701'])
      expect(() => decodeMessage(AlertSchema, Uint8Array.from([...bytes, ...fromHex(end)]))).toThrow(
        expect.not.objectContaining({message: expect.stringContaining(secret) as string}) as Error,
      );
  });
});
