import {DomainError} from '@vitalvault/errors';
import {ChargeQuota} from './charge-quota.js';

const bytes = (n: number): Uint8Array => new Uint8Array(20).fill(n);
/** `count` records of device `device` that belongs to `patient`. */
const of = (device: number, patient: number, count = 1) =>
  Array.from({length: count}, () => ({device: bytes(device), patient: bytes(patient)}));

/** Three of a device and five of an owner at once, one and two a second. */
function harness() {
  const clock = {ms: 1_000_000};
  const quota = new ChargeQuota({
    device: {burst: 3, refillPerSecond: 1},
    owner: {burst: 5, refillPerSecond: 2},
    now: () => clock.ms,
  });
  return {quota, clock};
}

function refusal(run: () => void): DomainError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  return undefined;
}

describe('ChargeQuota', () => {
  it.each([
    ["a device's burst", of(1, 1, 3), of(1, 1)],
    ["an owner's, of all her devices", [...of(1, 1, 3), ...of(2, 1, 2)], of(2, 1)],
    ["a device's, whoever is named as its owner", [...of(1, 1, 2), ...of(1, 2)], of(1, 3)],
  ])('gives %s and no more', (_what, taken, more) => {
    const {quota} = harness();
    quota.execute(taken);
    expect(refusal(() => quota.execute(more))).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    quota.execute(of(9, 9));
  });

  it.each([
    ['the device has too few left', of(1, 1, 2), of(1, 1, 3), 2],
    ['the owner has too few left', [...of(1, 1, 2), ...of(2, 1, 3)], of(3, 1, 3), 2],
    ['both have: the longer wait', [...of(1, 1, 3), ...of(2, 1, 2)], of(1, 1, 3), 3],
    ['a part of a second is a whole one', of(1, 1, 3), of(1, 1), 1],
  ])('says after how many seconds it is enough: %s', (_what, taken, asked, seconds) => {
    const {quota, clock} = harness();
    quota.execute(taken);
    expect(refusal(() => quota.execute(asked))?.retryAfterSeconds).toBe(seconds);
    clock.ms += seconds * 1_000;
    quota.execute(asked);
  });

  it.each([
    ['device', of(1, 1, 3), of(2, 1, 3), of(2, 1, 2)],
    ['owner', of(1, 2, 3), [...of(1, 1, 1), ...of(3, 1, 1)], [...of(3, 1, 3), ...of(4, 1, 2)]],
  ])('takes nothing when the %s refuses, from the other bucket neither', (_who, before, refused, after) => {
    const {quota} = harness();
    quota.execute(before);
    expect(refusal(() => quota.execute(refused))?.code).toBe('quota-exceeded');
    quota.execute(after);
  });

  it('says that a body above the burst may never be sent, and charges nothing for it', () => {
    const {quota} = harness();
    const refused = refusal(() => quota.execute(of(1, 1, 4)));
    expect(refused).toMatchObject({
      code: 'too-many-records',
      retryable: false,
      retryAfterSeconds: undefined,
      meta: {recordsOfDevice: 3, recordsOfOwner: 5},
    });
    quota.execute(of(1, 1, 3));
  });
});
