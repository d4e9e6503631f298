import {build, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {recordNumber} from '../domain/incoming-record.js';
import {RecentNumbers} from '../domain/recent-numbers.js';
import {FakeTable} from '../../test/support/fakes.js';
import {device} from '../../test/support/records.js';
import {GetReceipt} from './get-receipt.js';
import type {RecordStatus} from './ports.js';

const receipt = build(SignedAcceptedSchema, {
  accepted: Uint8Array.of(1),
  signature: {alg: 1, publicKey: new Uint8Array(33), signature: new Uint8Array(64)},
});
const recordId = new Uint8Array(32).fill(3);
const number = recordNumber(device, 2, 5n);
const anchored: RecordStatus = {recordId, state: 'anchored', receipt, height: 9n};

function harness(given: {recent?: {durable: boolean; receipt: SignedAccepted | undefined}; away?: boolean} = {}) {
  const [table, recent] = [new FakeTable(), new RecentNumbers()];
  table.away = given.away ?? false;
  if (given.recent !== undefined) recent.remember(number, {recordId, acceptedAtMs: 1, ...given.recent});
  const get = new GetReceipt({table, recent});
  return {table, ask: (registration = 2, sequence = 5n) => get.execute(device, registration, sequence)};
}

describe('GetReceipt', () => {
  it('gives what storage says, even when our memory says less', async () => {
    const {table, ask} = harness({recent: {durable: true, receipt}});
    table.entries.set(number, anchored);
    expect(await ask()).toBe(anchored);
  });

  it.each([false, true])('gives a receipt that storage has not read yet; storage away: %s', async (away) => {
    const {ask} = harness({recent: {durable: true, receipt}, away});
    expect(await ask()).toEqual({recordId, state: 'accepted', receipt});
  });

  // A receipt that is not durable would promise what a crash can take back.
  it.each([
    ['nothing', undefined],
    ['a record whose outcome is unknown', {durable: false, receipt}],
    ['a number that was given up', {durable: true, receipt: undefined}],
  ])('with %s remembered gives none: storage has the word', async (_what, recent) => {
    const given = recent === undefined ? {} : {recent};
    await expect(harness(given).ask()).rejects.toMatchObject({code: 'receipt-not-found'});
    await expect(harness({...given, away: true}).ask()).rejects.toMatchObject({code: 'storage-unavailable'});
  });

  it.each([
    [3, 5n],
    [2, 6n],
  ])('is about one number only: not of registration %i, sequence %s', async (registration, sequence) => {
    const {table, ask} = harness({recent: {durable: true, receipt}});
    table.entries.set(`${toHex(device)}/2/5`, anchored);
    await expect(ask(registration, sequence)).rejects.toMatchObject({code: 'receipt-not-found'});
  });
});
