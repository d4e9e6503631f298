import {DomainError} from '@vitalvault/errors';
import {CountedQuotas} from '../../test/support/counted-quotas.js';
import {ChargeQuota} from './charge-quota.js';
import type {Admission, AdmissionLimits, NumberToAdmit} from './ports.js';

const bytes = (n: number): Uint8Array => new Uint8Array(20).fill(n);
/** `count` records of device `device` that belongs to `patient`. */
const of = (device: number, patient: number, count = 1): NumberToAdmit[] =>
  Array.from({length: count}, (_, n) => ({
    device: bytes(device),
    patient: bytes(patient),
    registration: 1,
    sequence: BigInt(n + 1),
  }));

/** Storage: three of a device and five of an owner at once, one and two a second; so many of each owner wait. */
function storage() {
  const clock = {ms: 1_000_000};
  const quotas = new CountedQuotas();
  const found = {asked: 0, away: false, full: [] as Uint8Array[], fullMs: 0};
  const admit = (asked: readonly NumberToAdmit[], limits: AdmissionLimits): Promise<Admission> => {
    found.asked++;
    if (found.away) return Promise.reject(new DomainError('storage-unavailable'));
    const full = limits.mostWaiting === 0 ? [] : found.full;
    if (full.length > 0)
      return Promise.resolve({waitMs: found.fullMs, full, left: {devices: [], owners: []}, statuses: []});
    const taken = quotas.take(asked, limits, clock.ms);
    const statuses = taken.waitMs > 0 ? [] : asked.map(() => ({record: undefined, lowestOpen: 1n}));
    return Promise.resolve({...taken, full: [], statuses});
  };
  const process = (): ChargeQuota =>
    new ChargeQuota(
      {
        device: {burst: 3, refillPerSecond: 1},
        owner: {burst: 5, refillPerSecond: 2},
        mostWaiting: 4,
        now: () => clock.ms,
      },
      {table: {admit}},
    );
  return {found, clock, process};
}

function harness() {
  const made = storage();
  return {...made, quota: made.process()};
}

const refusal = (run: Promise<unknown>): Promise<DomainError | undefined> =>
  run.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DomainError) return error;
      throw error;
    },
  );

describe('ChargeQuota', () => {
  it.each([
    ["a device's burst", [of(1, 1, 3)], of(1, 1)],
    ["an owner's, of all her devices", [of(1, 1, 3), of(2, 1, 2)], of(2, 1)],
    ["a device's, whoever is named as its owner", [[...of(1, 1, 2), ...of(1, 2)]], of(1, 3)],
  ])('gives %s and no more', async (_what, taken, more) => {
    const {quota} = harness();
    for (const body of taken) await quota.execute(body);
    expect(await refusal(quota.execute(more))).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    await quota.execute(of(9, 9));
  });

  it.each([
    ['the device has too few left', [of(1, 1, 2)], of(1, 1, 3), 2],
    ['the owner has too few left', [of(1, 1, 2), of(2, 1, 3)], of(3, 1, 3), 2],
    ['both have: the longer wait', [of(1, 1, 3), of(2, 1, 2)], of(1, 1, 3), 3],
    ['a part of a second is a whole one', [of(1, 1, 3)], of(1, 1), 1],
  ])('says after how many seconds it is enough: %s', async (_what, taken, asked, seconds) => {
    const {quota, clock} = harness();
    for (const body of taken) await quota.execute(body);
    expect((await refusal(quota.execute(asked)))?.retryAfterSeconds).toBe(seconds);
    clock.ms += seconds * 1_000;
    await quota.execute(asked);
  });

  it.each([
    ['device', [of(1, 1, 3)], of(1, 1), of(2, 1, 2)],
    ['owner', [of(1, 2, 3)], [...of(1, 1, 1), ...of(3, 2, 3)], of(4, 2, 2)],
  ])('takes nothing when the %s refuses, from the other bucket neither', async (_who, before, refused, after) => {
    const {quota} = harness();
    for (const body of before) await quota.execute(body);
    expect((await refusal(quota.execute(refused)))?.code).toBe('quota-exceeded');
    await quota.execute(after);
  });

  it('says that a body above the burst may never be sent, and charges nothing for it', async () => {
    const {quota, found} = harness();
    const refused = await refusal(quota.execute(of(1, 1, 4)));
    expect(refused).toMatchObject({
      code: 'too-many-records',
      retryable: false,
      retryAfterSeconds: undefined,
      meta: {recordsOfDevice: 3, recordsOfOwner: 4},
    });
    expect(found.asked).toBe(0);
    await quota.execute(of(1, 1, 3));
  });

  it('so does one with more records of an owner than may ever wait', async () => {
    const {quota} = harness();
    expect((await refusal(quota.execute([...of(1, 1, 3), ...of(2, 1, 2)])))?.code).toBe('too-many-records');
  });
});

describe('over several processes', () => {
  it('gives all of them together what one of them would give, for any time', async () => {
    const {clock, process} = storage();
    const processes = [process(), process(), process()];
    let taken = 0;
    for (let second = 0; second < 20; second++) {
      for (let body = 0; body < 30; body++) {
        const one = processes[body % 3];
        if ((await refusal(one?.execute(of(body % 7, 1)) ?? Promise.resolve())) === undefined) taken++;
      }
      clock.ms += 1_000;
    }
    expect(taken).toBe(5 + 2 * 19);
  });

  it('asks storage nothing for who is known to be over her quota, until it may be enough', async () => {
    const {clock, process, found} = storage();
    const [one, other] = [process(), process()];
    for (const device of [1, 2, 3, 4, 5]) await one.execute(of(device, 1));
    expect((await refusal(other.execute(of(6, 1))))?.retryAfterSeconds).toBe(1);
    const {asked} = found;
    for (let i = 0; i < 50; i++) expect((await refusal(other.execute(of(7, 1))))?.code).toBe('quota-exceeded');
    expect(found.asked).toBe(asked);
    clock.ms += 500;
    await other.execute(of(7, 1));
  });

  it('takes and charges nothing while storage does not answer', async () => {
    const {quota, found} = harness();
    found.away = true;
    for (let i = 0; i < 9; i++) expect((await refusal(quota.execute(of(1, 1))))?.code).toBe('storage-unavailable');
    found.away = false;
    await quota.execute(of(1, 1, 3));
  });
});

describe('records that wait for the ledger', () => {
  it('refuses hers until then when too many wait, asks nothing meanwhile, and nobody else is refused', async () => {
    const {quota, clock, found} = harness();
    [found.full, found.fullMs] = [[bytes(1)], 2_500];
    expect(await refusal(quota.execute(of(1, 1)))).toMatchObject({
      code: 'quota-exceeded',
      retryAfterSeconds: 3,
      detail: 'More than 4 records of one owner would wait for the ledger.',
    });
    found.full = [];
    clock.ms += 1_000;
    expect(await refusal(quota.execute(of(2, 1)))).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 2});
    expect(found.asked).toBe(1);
    await quota.execute(of(3, 3));
    clock.ms += 1_500;
    await quota.execute(of(1, 1, 3));
  });

  it('takes a skip all the same: it ends a wait', async () => {
    const {quota, found} = harness();
    [found.full, found.fullMs] = [[bytes(1)], 2_500];
    expect((await refusal(quota.execute(of(1, 1))))?.code).toBe('quota-exceeded');
    await quota.execute(of(1, 1), 'skip');
  });
});
