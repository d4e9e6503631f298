import type {PendingRecord} from './device-stores.js';
import type {ReceiptState} from './receipt-state.js';
import {settledFate} from './settled-fate.js';

const record = {recordId: 'aa'} as PendingRecord;
const told = (state: string, recordId: string, name?: string): ReceiptState =>
  ({state, recordId, ...(name === undefined ? {} : {refusal: {code: 1, name}})}) as ReceiptState;

describe('settledFate', () => {
  it.each<[string, string, string]>([
    ['anchored', 'aa', 'anchored'],
    ['refused', 'aa', 'reseal'],
    ['skipped', 'aa', 'reseal'],
    ['skipped', '', 'reseal'],
    ['accepted', 'aa', 'waiting'],
    ['a state of tomorrow', 'aa', 'waiting'],
    ['skipped', 'bb', 'another-record'],
    ['anchored', '', 'another-record'],
    ['anchored', 'AA', 'another-record'],
    ['anchored', 'bb', 'another-record'],
    ['refused', '', 'another-record'],
  ])('of %s for record "%s" is %s', (state, recordId, fate) => {
    expect(settledFate(record, {state: told(state, recordId), ownRegistration: true})).toBe(fate);
  });

  it('waits where nothing is known', () => {
    expect(settledFate(record, {state: undefined, ownRegistration: true})).toBe('waiting');
  });

  it.each<[string, boolean, unknown]>([
    ['unknown-epoch', true, 'reseal'],
    ['unknown-release-key', true, 'reseal'],
    ['sequence-conflict', true, 'renumber'],
    ['slot-out-of-range', true, 'set-aside'],
    ['wrong-tag', true, 'set-aside'],
    ['device-removed', true, 'set-aside'],
    // Another registration gives it, perhaps.
    ['device-removed', false, 'reseal'],
    ['unknown-epoch', false, 'reseal'],
    ['quota-exceeded', true, 'waiting'],
    ['sequence-too-far', true, 'waiting'],
    ['record-signature', true, {refused: 'record-signature'}],
    ['a code of tomorrow', true, {refused: 'a code of tomorrow'}],
  ])('of a record that ingest refuses as %s, by its own registration: %s, is %j', (refusal, ownRegistration, fate) => {
    expect(settledFate(record, {state: undefined, refusal, ownRegistration})).toEqual(fate);
  });

  it('believes what became of a record before what ingest says of it now', () => {
    for (const refusal of ['device-removed', 'unknown-epoch', 'slot-out-of-range'])
      expect(settledFate(record, {state: told('stored', 'aa'), refusal, ownRegistration: true})).toBe('waiting');
  });

  it.each<[string, boolean, string]>([
    ['entrySlot', true, 'set-aside'],
    ['entryTag', true, 'set-aside'],
    ['deviceRemoved', true, 'set-aside'],
    ['deviceRemoved', false, 'reseal'],
    ['entryEpoch', true, 'reseal'],
    ['entryDuplicate', true, 'renumber'],
  ])('of a record that the ledger refused as %s, by its own registration: %s, is %s', (name, ownRegistration, fate) => {
    expect(settledFate(record, {state: told('refused', 'aa', name), ownRegistration})).toBe(fate);
  });
});
