import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {heartRateReading, systemEnvironment} from '@vitalvault/sdk';
import type {Reading} from '@vitalvault/sdk';
import type {Home} from '../actor/home.js';
import {folderKeys} from '../actor/sealed-folder.js';
import {SentReadings} from './sent-readings.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-sent-'));
afterAll(() => rmSync(dir, {recursive: true}));
const keys = folderKeys('11'.repeat(32));
let homes = 0;
const home = (): Home => ({dir: join(dir, String(++homes))}) as Home;
const {random} = systemEnvironment();
const DAY_MS = 86_400_000;
const reading = (timeMs: number, beatsPerMinute = 60): Reading => heartRateReading({timeMs, beatsPerMinute}, 0, random);

describe('what a device sent before', () => {
  it('is known again by a later process, whoever encodes it; what is new is not', () => {
    const place = home();
    const sent = new SentReadings(place, keys);
    const readings = [reading(0), reading(5_000), reading(DAY_MS)];
    expect(sent.unknown(readings)).toEqual(readings);
    sent.remember(readings);
    const later = new SentReadings(place, keys);
    expect(later.unknown([reading(0), reading(5_000), reading(DAY_MS)])).toEqual([]);
    const fresh = [reading(10_000), reading(0, 61)];
    expect(later.unknown([reading(0), ...fresh])).toEqual(fresh);
  });

  it('is new once in one file', () => {
    const twice = [reading(0), reading(0)];
    expect(new SentReadings(home(), keys).unknown(twice)).toEqual([twice[0]]);
  });

  it('is remembered for the newest 800 days', () => {
    const place = home();
    const sent = new SentReadings(place, keys);
    for (let day = 0; day < 803; day++) sent.remember([reading(day * DAY_MS)]);
    expect(readdirSync(join(place.dir, 'sent')).length).toBeLessThanOrEqual(801);
    expect(sent.unknown([reading(802 * DAY_MS)])).toEqual([]);
    expect(sent.unknown([reading(0)])).toHaveLength(1);
  });

  it('is nothing any more when the device changed hands', () => {
    const place = home();
    const sent = new SentReadings(place, keys);
    sent.remember([reading(0)]);
    sent.forget();
    expect(sent.unknown([reading(0)])).toHaveLength(1);
  });
});
