import {encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AnchorEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {PEOPLE, recordEntry, skipEntry, testOrganisation} from '@vitalvault/ledger-state/testing';
import {isRecordOf} from './record-of-device.js';

const {patient, device, stranger} = PEOPLE;
const of = {patient, device, custodian: testOrganisation('hospital')};
const leaf = (entry: FieldsOf<typeof AnchorEntrySchema>): Uint8Array =>
  encodeCanonical(RecordLeafSchema, {
    ...{index: 0n, height: 1n, blockTime: 1n, txId: new Uint8Array(32), organisation: new Uint8Array(20)},
    entry,
  });

describe('a leaf of a record log', () => {
  it.each([
    ['a record', leaf(recordEntry(of))],
    ['a skip', leaf(skipEntry(of))],
  ])('of %s is of the device that signed it, and of no other', (_what, bytes) => {
    expect(isRecordOf(device.id, bytes)).toBe(true);
    expect(isRecordOf(stranger.id, bytes)).toBe(false);
    expect(isRecordOf(patient.id, bytes)).toBe(false);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['what is no leaf', Uint8Array.of(1, 2, 3)],
    [
      'a leaf with what is no skip',
      leaf({entry: {case: 'skip', value: {skip: Uint8Array.of(1), signature: new Uint8Array(64)}}}),
    ],
  ])("that is %s is nobody's", (_what, bytes) => {
    expect(isRecordOf(device.id, bytes)).toBe(false);
  });
});
