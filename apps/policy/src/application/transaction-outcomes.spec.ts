import {describe, expect, it} from '@jest/globals';
import type {TransactionOutcome} from '../domain/transaction-outcome.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const txId = 'ab'.repeat(32);
const outcomeAt = (height: bigint): TransactionOutcome => ({
  txId,
  txHash: 'cd'.repeat(32),
  height,
  index: 0,
  code: 0,
  data: new Uint8Array(),
});

/** A feed over a projection that `project` brings on by a block with the transaction. */
function harness() {
  const store = new MemoryProjectionStore();
  const outcomes = new TransactionOutcomes(store);
  let height = -1n;
  const project = (): Promise<boolean> =>
    store.project([{height: ++height, timeSeconds: 0n}], (writer) => writer.putTransaction(outcomeAt(height)));
  return {outcomes, project};
}

describe('TransactionOutcomes', () => {
  it('tells everybody who waits as soon as the block is projected', async () => {
    const {outcomes, project} = harness();
    const waits = [outcomes.expect(txId), outcomes.expect(txId)].map((one) => one.within(60_000));
    await project();
    outcomes.projected(txId);
    expect(await Promise.all(waits)).toEqual([outcomeAt(0n), outcomeAt(0n)]);
  });

  it('does not miss a block between the expectation and the wait', async () => {
    const {outcomes, project} = harness();
    const expected = outcomes.expect(txId);
    await project();
    outcomes.projected(txId);
    expect(await expected.within(60_000)).toEqual(outcomeAt(0n));
  });

  it('finds what another process of the service projected, at the latest when the time is over', async () => {
    const {outcomes, project} = harness();
    const waiting = outcomes.expect(txId).within(20);
    await project();
    expect(await waiting).toEqual(outcomeAt(0n));
  });

  it.each([
    [-1n, true],
    [0n, false],
  ])('counts only an inclusion above height %s: %s', async (above, counts) => {
    const {outcomes, project} = harness();
    const waiting = outcomes.expect(txId, above).within(5);
    await project();
    outcomes.projected(txId);
    expect((await waiting) !== undefined).toBe(counts);
  });

  it('is not woken by another transaction, nor after it was closed', async () => {
    const {outcomes, project} = harness();
    let woken = 0;
    const [open, closed] = [outcomes.expect(txId), outcomes.expect(txId)];
    closed.close();
    const waits = [open, closed].map((one) => one.within(30).then(() => woken++));
    await project();
    outcomes.projected('ee'.repeat(32));
    await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toBe(0);
    outcomes.projected(txId);
    await waits[0];
    expect(woken).toBe(1);
    await waits[1];
  });

  it('ends every wait when the process stops', async () => {
    const {outcomes} = harness();
    const waits = [txId, 'ee'.repeat(32)].map((id) => outcomes.expect(id).within(60_000));
    outcomes.release();
    expect(await Promise.all(waits)).toEqual([undefined, undefined]);
  });
});
