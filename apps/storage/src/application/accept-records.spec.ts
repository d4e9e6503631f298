import {DomainError} from '@vitalvault/errors';
import {madeStep} from '@vitalvault/process/testing';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {CHAIN_ID, sampleMessage, sampleSkipMessage} from '../../test/support/sample-records.js';
import {AcceptRecords} from './accept-records.js';

const at = (next: bigint) => madeStep(undefined, next, {topic: 'accepted', partition: 3});
const message = (value: Uint8Array, traceparent?: string) => ({value, traceparent});

function harness() {
  const [stores, steps] = [new MemoryStores(() => 1_000), [] as string[]];
  const rows = (): string => `${String(stores.rows.size)}/${String(stores.skips.size)}`;
  const accept = new AcceptRecords(
    {chainId: CHAIN_ID},
    {
      records: stores,
      onRecords: () => steps.push(`records, of ${rows()}`),
      onSkips: () => steps.push(`skips, of ${rows()}`),
    },
  );
  return {accept, stores, steps, position: () => stores.positions.get('accepted/3')?.next};
}

describe('AcceptRecords', () => {
  it('takes records and skips with their position, and wakes who waits when they are stored', async () => {
    const {accept, stores, steps, position} = harness();
    const messages = [message(sampleMessage(), 'trace'), message(sampleSkipMessage({sequence: 2n}), 'other')];
    expect(await accept.execute(messages, at(12n))).toEqual({fresh: 1, conflicts: 0, skips: 1});
    expect(position()).toBe(12n);
    expect([...stores.rows.values()].map(({record}) => record.traceparent)).toEqual(['trace']);
    expect([...stores.skips.values()].map(({skip}) => skip.traceparent)).toEqual(['other']);
    expect(steps).toEqual(['records, of 1/1', 'skips, of 1/1']);
  });

  it('lets others have their turn while it reads a large batch', async () => {
    const {accept, stores} = harness();
    let turns = 0;
    let seen = 0;
    const turn = (): void => {
      turns += 1;
      if (turns < 1_000) setImmediate(turn);
    };
    const store = stores.accept.bind(stores);
    stores.accept = (...batch) => {
      seen = turns;
      return store(...batch);
    };
    setImmediate(turn);
    const messages = Array.from({length: 250}, (_, i) => message(sampleMessage({sequence: BigInt(i + 1)})));
    await accept.execute(messages, at(1n));
    turns = 1_000;
    expect(seen).toBeGreaterThanOrEqual(9);
    expect(stores.rows.size).toBe(250);
  });

  it.each([
    ['only records', [sampleMessage()], ['records, of 1/0']],
    ['only skips', [sampleSkipMessage()], ['skips, of 0/1']],
    ['nothing', [], []],
  ])('%s wake only who waits for them', async (_what, values, expected) => {
    const {accept, steps} = harness();
    await accept.execute(
      values.map((value) => message(value)),
      at(1n),
    );
    expect(steps).toEqual(expected);
  });

  it('wakes nobody for what it has already, or for a conflict; the position moves all the same', async () => {
    const {accept, steps, position} = harness();
    await accept.execute([message(sampleMessage()), message(sampleSkipMessage({sequence: 2n}))], at(1n));
    steps.length = 0;
    expect(
      await accept.execute(
        [sampleMessage(), sampleMessage({text: 'other'}), sampleSkipMessage({sequence: 2n})].map((value) =>
          message(value),
        ),
        madeStep(1n, 4n, {topic: 'accepted', partition: 3}),
      ),
    ).toEqual({fresh: 0, conflicts: 1, skips: 0});
    expect([steps, position()]).toEqual([[], 4n]);
  });

  it.each([
    ['JunkMessage', Uint8Array.of(1, 2, 3)],
    ['JunkMessage', sampleSkipMessage({sequence: 9n, signatureBytes: 63})],
    ['JunkMessage', sampleMessage({sequence: 9n, chainId: 'another'})],
    ['JunkMessage', sampleSkipMessage({sequence: 9n, chainId: 'another'})],
    ['NewerMessage', Uint8Array.from([...sampleMessage({sequence: 9n}), 0xf8, 0x07, 1])],
  ])('with one that is a %s takes none, and does not move over it', async (name, bad) => {
    const {accept, stores, steps, position} = harness();
    const batch = [sampleMessage(), bad, sampleSkipMessage({sequence: 2n})].map((value) => message(value));
    await expect(accept.execute(batch, at(3n))).rejects.toMatchObject({name});
    expect([stores.rows.size, stores.skips.size, steps, position()]).toEqual([0, 0, [], undefined]);
  });

  it('wakes nobody when the database did not take it', async () => {
    const {accept, stores, steps} = harness();
    stores.accept = () => Promise.reject(new DomainError('database-unavailable'));
    await expect(accept.execute([message(sampleMessage())], at(1n))).rejects.toMatchObject({
      code: 'database-unavailable',
    });
    expect(steps).toEqual([]);
  });
});
