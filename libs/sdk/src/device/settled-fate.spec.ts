import type {PendingRecord} from './device-stores.js';
import type {ReceiptState} from './receipt-state.js';
import {settledFate} from './settled-fate.js';

const record = {recordId: 'aa'} as PendingRecord;
const told = (state: string, recordId: string): ReceiptState => ({state, recordId}) as ReceiptState;

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
    expect(settledFate(record, told(state, recordId))).toBe(fate);
  });

  it('waits where nothing is known', () => {
    expect(settledFate(record, undefined)).toBe('waiting');
  });
});
