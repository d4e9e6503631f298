import {CODE} from '@vitalvault/contracts';
import {TxOutcomes} from './tx-outcomes.js';

const outcome = (code: number, height = 1n) => ({height, code, data: new Uint8Array(), index: 0});
const never = new AbortController().signal;

describe('TxOutcomes', () => {
  it('wakes everybody who waits, and answers later callers at once', async () => {
    const outcomes = new TxOutcomes(10);
    const waiting = [outcomes.wait('a', never), outcomes.wait('a', never), outcomes.wait('b', AbortSignal.timeout(5))];
    outcomes.record('a', outcome(CODE.ok));
    expect(await Promise.all(waiting)).toEqual([outcome(CODE.ok), outcome(CODE.ok), undefined]);
    expect(await outcomes.wait('a', never)).toEqual(outcome(CODE.ok));
  });

  it('keeps the outcome of the inclusion that used the nonce, whatever a replay gives', () => {
    for (const first of [CODE.ok, CODE.quota, CODE.grantVersion]) {
      const outcomes = new TxOutcomes(10);
      outcomes.record('a', outcome(first, 5n));
      for (const replayed of [CODE.nonceUsed, CODE.ok, CODE.expired]) outcomes.record('a', outcome(replayed, 9n));
      expect(outcomes.get('a')).toEqual(outcome(first, 5n));
    }
  });

  it('takes a later execution when the first inclusion left the nonce unused', () => {
    const outcomes = new TxOutcomes(10);
    outcomes.record('a', outcome(CODE.unknownKey, 5n));
    outcomes.record('a', outcome(CODE.ok, 9n));
    expect(outcomes.get('a')).toEqual(outcome(CODE.ok, 9n));
  });

  it('forgets the oldest beyond its capacity', () => {
    const outcomes = new TxOutcomes(2);
    for (const id of ['a', 'b', 'c']) outcomes.record(id, outcome(CODE.ok));
    expect(['a', 'b', 'c'].map((id) => outcomes.get(id) !== undefined)).toEqual([false, true, true]);
  });
});
