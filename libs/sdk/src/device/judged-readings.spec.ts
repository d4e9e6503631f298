import {beforeAll, describe, expect, it} from '@jest/globals';
import {HEART_RATE, heartRateReading} from '../open-mhealth/heart-rate.js';
import type {Reading} from '../open-mhealth/heart-rate.js';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {Device} from './device.js';

describe('readings that a device is given', () => {
  let all: People;
  beforeAll(async () => {
    all = await people();
  });
  const rate = (slot: number, beatsPerMinute: number): Reading =>
    heartRateReading({timeMs: slot * 3_600_000, beatsPerMinute}, 0, all.random);

  it('are judged one by one, by the rules of gateway, ledger and reader, in hours that people know', async () => {
    const {device, slot} = all;
    const good = readingsOf(slot, 2);
    const [some = {timeMs: 0, text: ''}] = good;
    const bad: [Reading, string, string][] = [
      [{...some, text: '{"body":{}}'}, 'schema', ''],
      [{...some, timeMs: some.timeMs + 3_600_000}, 'schema', 'another than the effective time'],
      [{...some, timeMs: some.timeMs + 250}, 'schema', 'another than the effective time'],
      [rate(slot - 1_001, 60), 'slot-out-of-range', 'registered from'],
      [rate(slot + 2, 60), 'slot-out-of-range', 'future'],
      [rate(613_000, 60), 'slot-out-of-range', '2039-12-06 16:00 UTC'],
      [rate(slot, 999), 'implausible', ''],
      [rate(slot, 0), 'implausible', ''],
      [rate(slot, -5), 'implausible', ''],
      [rate(slot, 1e308), 'implausible', ''],
    ];
    const {fit, unfit} = await device.judge(HEART_RATE, [...bad.map(([one]) => one), ...good]);
    expect(fit).toEqual(good);
    expect(unfit).toEqual(
      bad.map(([reading, code, detail]) => ({reading, code, detail: expect.stringContaining(detail)})),
    );
  });

  it('take no number when one of them is unfit, whatever is wrong with it', async () => {
    const {device, slot, stores} = all;
    for (const unfit of [rate(slot + 2, 60), rate(slot - 1_001, 60), rate(slot, 999)])
      await expect(device.seal(HEART_RATE, [...readingsOf(slot, 2), unfit])).rejects.toMatchObject({code: /./});
    expect(await stores.all()).toEqual([]);
    expect((await device.seal(HEART_RATE, readingsOf(slot, 1)))[0]?.sequence).toBe('1');
  });

  it('of an hour that no key covers are told apart from the others, in words', async () => {
    const {slot, deviceKey, config, ledger, stores} = all;
    const device = new Device({key: deviceKey, config, ledger, stores});
    const {fit, unfit} = await device.judge(HEART_RATE, [rate(slot - 1_500, 60), rate(slot, 60)]);
    expect(fit).toHaveLength(1);
    expect(unfit).toMatchObject([{code: 'epoch-missing', detail: expect.stringContaining('UTC')}]);
    expect(unfit[0]?.detail).not.toContain(String(slot - 1_500));
  });
});
