import {AdmitNumbers} from './admit-numbers.js';
import type {NumberToAdmit} from './admit-numbers.js';
import type {QuotaDemand, QuotaStore, QuotaTaken} from './quota-store.js';

const LIMITS = {
  device: {burst: 256, refillPerSecond: 16},
  owner: {burst: 1_024, refillPerSecond: 64},
  mostWaiting: 100,
};
const numbersOf = (device: string, patient: string, count = 1): NumberToAdmit[] =>
  Array.from({length: count}, (_, n) => ({device, patient, registration: 1, sequence: BigInt(n + 1)}));

/** A store that gives whatever is set. */
class SetQuotas implements QuotaStore {
  readonly asked: (readonly QuotaDemand[])[] = [];
  readonly counted: (readonly string[])[] = [];
  readonly waits = new Map<string, number>();
  waitMs = 0;

  take(demands: readonly QuotaDemand[]): Promise<QuotaTaken> {
    this.asked.push(demands);
    return Promise.resolve({waitMs: this.waitMs, left: demands.map(({records}) => 10 - records)});
  }

  waiting(owners: readonly string[], most: number): Promise<readonly number[]> {
    this.counted.push(owners);
    return Promise.resolve(owners.map((owner) => Math.min(most, this.waits.get(owner) ?? 0)));
  }
}

function harness() {
  const [clock, quotas] = [{ms: 1_000_000}, new SetQuotas()];
  const byNumbers = (asked: readonly unknown[]) =>
    Promise.resolve(asked.map((_, place) => ({record: undefined, lowestOpen: BigInt(place + 1)})));
  const admit = new AdmitNumbers({now: () => clock.ms}, {records: {byNumbers}, quotas});
  return {clock, quotas, admit};
}

describe('AdmitNumbers', () => {
  it('takes of each device and each owner what the body has, by one question, and tells the numbers', async () => {
    const {admit, quotas} = harness();
    const body = [...numbersOf('d1', 'p1', 2), ...numbersOf('d2', 'p1'), ...numbersOf('d3', 'p2')];
    expect(await admit.execute(body, LIMITS)).toEqual({
      waitMs: 0,
      full: [],
      left: {devices: [8, 9, 9], owners: [7, 9]},
      statuses: [1n, 2n, 3n, 4n].map((lowestOpen) => ({record: undefined, lowestOpen})),
    });
    expect(quotas.asked).toEqual([
      [
        {kind: 'device', owner: 'd1', records: 2, ...LIMITS.device},
        {kind: 'device', owner: 'd2', records: 1, ...LIMITS.device},
        {kind: 'device', owner: 'd3', records: 1, ...LIMITS.device},
        {kind: 'owner', owner: 'p1', records: 3, ...LIMITS.owner},
        {kind: 'owner', owner: 'p2', records: 1, ...LIMITS.owner},
      ],
    ]);
  });

  it('tells nothing but how long to wait, and what is left, when a quota is used up', async () => {
    const {admit, quotas} = harness();
    quotas.waitMs = 1_700;
    expect(await admit.execute(numbersOf('d1', 'p1'), LIMITS)).toEqual({
      waitMs: 1_700,
      full: [],
      left: {devices: [9], owners: [9]},
      statuses: [],
    });
  });

  it('refuses the whole body before anything is taken when one of its owners would have too many waiting', async () => {
    const {admit, quotas} = harness();
    quotas.waits.set('p1', 99).set('p2', 99);
    const body = [...numbersOf('d1', 'p1', 2), ...numbersOf('d2', 'p2')];
    expect(await admit.execute(body, LIMITS)).toMatchObject({full: ['p1'], statuses: [], waitMs: 1_063});
    expect(quotas.asked).toEqual([]);
    expect(await admit.execute(numbersOf('d2', 'p2'), LIMITS)).toMatchObject({full: [], waitMs: 0});
  });

  it.each([
    [1, 1_063],
    [16, 2_000],
    [96, 7_000],
  ])('says when %d too many are anchored, as one owner is beside others', async (tooMany, waitMs) => {
    const {admit, quotas} = harness();
    quotas.waits.set('p1', 100);
    expect((await admit.execute(numbersOf('d1', 'p1', tooMany), LIMITS)).waitMs).toBe(waitMs);
  });

  it('never says longer than clients wait', async () => {
    const {admit, quotas} = harness();
    const limits = {...LIMITS, mostWaiting: 2_000};
    quotas.waits.set('p1', 2_000);
    expect((await admit.execute(numbersOf('d1', 'p1', 1_024), limits)).waitMs).toBe(60_000);
  });

  it('counts what waits of an owner once a second at the most, and what it admitted since', async () => {
    const {admit, quotas, clock} = harness();
    quotas.waits.set('p1', 95);
    for (let i = 0; i < 5; i++) expect((await admit.execute(numbersOf('d1', 'p1'), LIMITS)).waitMs).toBe(0);
    expect((await admit.execute(numbersOf('d1', 'p1'), LIMITS)).full).toEqual(['p1']);
    clock.ms += 999;
    expect((await admit.execute(numbersOf('d1', 'p1'), LIMITS)).full).toEqual(['p1']);
    expect(quotas.counted).toEqual([['p1']]);
    clock.ms += 1;
    expect((await admit.execute(numbersOf('d1', 'p1'), LIMITS)).full).toEqual([]);
    expect(quotas.counted).toEqual([['p1'], ['p1']]);
  });

  it('admits a skip whatever waits, and counts nothing for it', async () => {
    const {admit, quotas} = harness();
    quotas.waits.set('p1', 100);
    expect(await admit.execute(numbersOf('d1', 'p1'), {...LIMITS, mostWaiting: 0})).toMatchObject({
      waitMs: 0,
      full: [],
    });
    expect(quotas.counted).toEqual([]);
  });

  it('remembers a bounded number of owners', async () => {
    const {admit, quotas} = harness();
    for (let i = 0; i < 11_000; i += 1_000)
      await admit.execute(Array.from({length: 1_000}, (_, n) => numbersOf('d1', `p${String(i + n)}`)).flat(), LIMITS);
    await admit.execute(numbersOf('d1', 'p0'), LIMITS);
    expect(quotas.counted.at(-1)).toEqual(['p0']);
    await admit.execute(numbersOf('d1', 'p10999'), LIMITS);
    expect(quotas.counted.at(-1)).toEqual(['p0']);
  });
});
