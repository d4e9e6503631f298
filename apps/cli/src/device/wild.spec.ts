import {mkdtempSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {decodeCanonical} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  Device,
  HEART_RATE,
  acceptDeviceConfig,
  decodePart,
  deviceIdOf,
  endorseRegistration,
  heartRateReading,
  newSigningKey,
  submit,
  txOfPart,
} from '@vitalvault/sdk';
import {HOSPITAL, people} from '@vitalvault/sdk/testing';
import type {People} from '@vitalvault/sdk/testing';
import {FileDeviceStores} from '../actor/file-device-stores.js';
import {Home} from '../actor/home.js';
import {folderKeys} from '../actor/sealed-folder.js';
import {chosenRows, readHeartRateCsv} from '../csv/heart-rate-csv.js';
import {TimeZone} from '../csv/time-zone.js';
import type {SaidTimes} from '../csv/instants.js';
import {postFile} from './post-file.js';
import type {PostedFile} from './post-file.js';
import {SentReadings} from './sent-readings.js';

const WILD = join(import.meta.dirname, '../../../../test/data/wild');
const UTC = {zone: new TimeZone('UTC')};
const scratch = mkdtempSync(join(tmpdir(), 'vv-wild-'));
afterAll(() => rmSync(scratch, {recursive: true}));

/** A file of the folder, or rows of the spec's own below the usual header. */
const bytesOf = (file: string): Uint8Array =>
  file.includes('\n') ? new TextEncoder().encode(file) : readFileSync(join(WILD, file));
const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;
const HEAD = 'Id,Time,Value';

let homes = 0;
/** A watch in a home of its own, registered and with keys from 2016 on, unless told otherwise. */
async function watch(from = '2016-01-01', among?: People) {
  const cast = among ?? (await people());
  const {patient, ledger, platform, random} = cast;
  const fromSlot = Date.parse(from) / 3_600_000;
  await patient.publishEpochs([HEART_RATE], fromSlot);
  const key = newSigningKey(random);
  const home = new Home(join(scratch, String(++homes)), () => Promise.resolve('wild wild passphrase'));
  await home.create({kind: 'device', id: 'ab'.repeat(20), chainId: ledger.chainId}, {key}, '{}');
  const offer = {deviceKey: key, typeNames: [HEART_RATE], deviceClass: 'wearable' as const, fromSlot};
  const {part, owner, pairedKey} = endorseRegistration(await patient.registerDevice(offer), key);
  const {data} = await submit(ledger, txOfPart(decodePart(part)));
  const {registration} = decodeCanonical(RegisterDeviceResultSchema, data);
  const text = await patient.deviceConfig({
    ...{registration, typeNames: [HEART_RATE], custodians: [HOSPITAL], gateways: ['http://ingest']},
  });
  const {config} = acceptDeviceConfig(text, {chainId: ledger.chainId, owner, pairedKey});
  const keys = folderKeys(key.privateKey);
  /** A ledger that takes its time: what is asked for is anchored when it is asked for again. */
  const calm: typeof platform.tamper = (path, answer) => {
    if (path.startsWith('/v1/receipts/')) platform.anchor();
    return answer;
  };
  platform.tamper = calm;
  const open = (): {device: Device; stores: FileDeviceStores; sent: SentReadings} => {
    const stores = new FileDeviceStores(home, keys);
    return {stores, sent: new SentReadings(home, keys), device: new Device({key, config, ledger, stores, fromSlot})};
  };
  const post = async (file: string, said: SaidTimes = UTC): Promise<PostedFile> => {
    const {device, stores, sent} = open();
    return postFile(chosenRows(readHeartRateCsv(bytesOf(file), said)), {
      ...{device, stores, sent, owner, typeName: HEART_RATE, patienceMs: 2_000},
      now: () => platform.chain.timeMs,
      asking: device,
      toReading: ({timeMs, beatsPerMinute}) =>
        heartRateReading({timeMs, beatsPerMinute, source: 'watch'}, platform.chain.timeMs, random),
      newTrace: () => '',
      onProgress: () => undefined,
    });
  };
  const id = deviceIdOf(key);
  const anchored = (): number =>
    [...platform.records].filter(([place, {index}]) => place.startsWith(id) && index !== undefined).length;
  return {...cast, ...open(), post, anchored, calm, home, key};
}

/** What each row came to, in words of a table. */
const verdict = ({sealed, copies, noContact, aside, unread}: PostedFile): Record<string, number> =>
  Object.fromEntries(
    Object.entries({sealed, copies, noContact, aside: aside.length, unread: unread.length}).filter(([, n]) => n > 0),
  );

describe('files as wearers have them', () => {
  let all: People;
  beforeAll(async () => {
    all = await people();
  });

  it.each<[string, string, Record<string, number>]>([
    ['w01: one row of 2040', 'w01-row-of-2040.csv', {sealed: 2, aside: 1}],
    ['own: one row of 1969', csv(HEAD, '1,3/5/1969 2:00:00 PM,61', '1,3/5/2020 3:00:00 PM,63'), {sealed: 1, aside: 1}],
    [
      'own: one row of the year 9999',
      csv(HEAD, '1,1/1/9999 1:00:00 AM,61', '1,3/5/2020 3:00:00 PM,63'),
      {sealed: 1, aside: 1},
    ],
    ['w04: one row of 31 that is too old', 'w04-one-row-too-old-of-31.csv', {sealed: 30, aside: 1}],
    ['w09: one row three times', 'w09-same-row-thrice.csv', {sealed: 1, copies: 2}],
    ['own: one time, two values', csv(HEAD, '1,3/5/2020 3:00:00 PM,61', '1,3/5/2020 3:00:00 PM,62'), {sealed: 2}],
    ['w10: 255 is a code, 999 nobody has', 'w10-sensor-invalid-255.csv', {noContact: 1, aside: 1}],
    [
      'own: other codes, and values that nobody has',
      csv(HEAD, ...['65535', '-1', '--', '', 'NaN', '14.9', '351'].map((value) => `1,3/5/2020 3:00:00 PM,${value}`)),
      {noContact: 5, aside: 2},
    ],
    ['w11: a byte order mark', 'w11-bom.csv', {sealed: 2}],
    ['w11: a further column', 'w11-extra-column.csv', {sealed: 1}],
    ['w11: the space that spreadsheets write', 'w11-narrow-no-break-space.csv', {sealed: 1}],
    ['w11: blank lines at the end', 'w11-two-blank-lines-at-the-end.csv', {sealed: 1}],
    [
      'own: blank lines between, semicolons, a decimal comma',
      csv('time;value', '2020-03-05T08:00:00Z;61,5', '', '2020-03-05T08:00:05Z;62'),
      {sealed: 2},
    ],
    [
      'own: quotes, columns in another order',
      csv('"Value","Note","Time"', '"61","at rest, sitting","2020-03-05 08:00:00"'),
      {sealed: 1},
    ],
    ['w12: one 0', 'w12-one-zero.csv', {sealed: 2, noContact: 1}],
    ['w12: a leap second', 'w12-leap-second.csv', {sealed: 3}],
    ['w13: a fraction of a beat', 'w13-decimal-point.csv', {sealed: 1}],
    ['w13: milliseconds', 'w13-milliseconds.csv', {sealed: 1}],
    ['w13: a time with its offset', 'w13-iso-with-offset.csv', {sealed: 1}],
    [
      'own: words in two rows of four',
      csv(HEAD, '1,3/5/2020 3:00:00 PM,fast', '1,soon,61', '1,2/30/2020 3:00:00 PM,61', '1,3/5/2020 3:00:00 PM,62'),
      {sealed: 1, unread: 3},
    ],
  ])('%s', async (_what, file, expected) => {
    const {post, anchored, stores} = await watch(file.startsWith('w04') ? '2020-01-01' : undefined, all);
    const posted = await post(file);
    expect(verdict(posted)).toEqual(expected);
    // What was sent is proven and forgotten; what was not says where it stands in the file.
    expect(anchored()).toBe(posted.batches.length);
    expect(posted.settled).toMatchObject({waiting: 0, kept: []});
    expect(await stores.all()).toEqual([]);
    expect(await stores.asides()).toHaveLength(posted.aside.length);
    for (const {line} of [...posted.aside, ...posted.unread]) expect(line).toBeGreaterThan(1);
  });

  it.each<[string, string, SaidTimes, string, string]>([
    ['w11: UTF-16', 'w11-utf16.csv', UTC, 'csv-invalid', 'UTF-16'],
    ['w11: lines that end with CR', 'w11-cr-only.csv', UTC, 'csv-invalid', 'CR'],
    ['w14: no rows', 'w14-header-only.csv', UTC, 'rows-missing', '0 rows'],
    ['w20: Apple Health', 'w20-apple-health.xml', UTC, 'csv-invalid', 'XML'],
    ['w20: Dexcom Clarity', 'w20-dexcom-clarity.csv', UTC, 'csv-invalid', 'no column Time'],
    ['w20: FHIR', 'w20-fhir-bundle.json', UTC, 'csv-invalid', 'JSON'],
    ['w20: Fitbit takeout', 'w20-fitbit-takeout.json', UTC, 'csv-invalid', 'JSON'],
    ['w20: Nightscout', 'w20-nightscout-entries.json', UTC, 'csv-invalid', 'JSON'],
    ['w20: Open mHealth glucose', 'w20-omh-blood-glucose.json', UTC, 'csv-invalid', 'JSON'],
    ['w20: Oura', 'w20-oura-heartrate.json', UTC, 'csv-invalid', 'JSON'],
    ['w20: Withings', 'w20-withings-getmeas.json', UTC, 'csv-invalid', 'JSON'],
    ['w06: no zone', 'w11-bom.csv', {}, 'zone-missing', '2020-03-05 08:00 UTC'],
    [
      'own: some rows with an offset, one without',
      csv(HEAD, '1,2020-03-05T10:00:00+01:00,61', '1,2020-03-05T10:00:05,61'),
      {},
      'zone-missing',
      'Line 3',
    ],
    [
      'own: the fifth of March or the third of May',
      csv('Time,Value', '3/5/2020 14:00:00,61'),
      UTC,
      'dates-ambiguous',
      '2020-05-03',
    ],
    ['own: text in Latin-1', 'latin-1', UTC, 'csv-invalid', 'UTF-8'],
    ['own: nothing at all', csv(''), UTC, 'csv-invalid', 'no column Time'],
  ])('%s is refused as a whole, and says what it is', async (_what, file, said, code, message) => {
    const bytes = file === 'latin-1' ? Uint8Array.of(0x54, 0xe9) : bytesOf(file);
    expect(() => chosenRows(readHeartRateCsv(bytes, said))).toThrow(
      expect.objectContaining({code, exit: 2, message: expect.stringContaining(message)}),
    );
  });

  it('every file of the folder is one of those', () => {
    const self = readFileSync(import.meta.filename, 'utf8');
    const files = readdirSync(WILD).filter((name) => name !== 'README.md');
    expect(files.filter((name) => !self.includes(`'${name}'`))).toEqual([]);
    expect(files.length).toBeGreaterThan(20);
  });
});

describe('lives of a device', () => {
  it('w01: a row of 2040 holds up nothing later, and takes no number', async () => {
    const {post, platform} = await watch();
    await post('w01-row-of-2040.csv');
    const hours = Array.from(
      {length: 40},
      (_, i) => `1,2021-01-01T${String(i % 24).padStart(2, '0')}:${i < 24 ? '10' : '40'}:00Z,60`,
    );
    expect(verdict(await post(csv(HEAD, ...hours)))).toEqual({sealed: 40});
    const numbers = [...platform.records.keys()].map((place) => Number(place.split('/')[2])).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(platform.skips).toEqual([]);
  });

  it('w02: a phone that was restored from a backup sends what it measured since under numbers of its own', async () => {
    const before = await watch();
    await before.post('w09-same-row-thrice.csv');
    // The home as it was before that.
    for (const name of ['sequences.json', 'sent', 'pending'])
      rmSync(join(before.home.dir, name), {recursive: true, force: true});
    const posted = await before.post('w02-after-restore.csv');
    expect(verdict(posted)).toEqual({sealed: 2});
    expect(posted.settled).toMatchObject({sealedAnew: 1, waiting: 0, kept: []});
    expect(await before.stores.all()).toEqual([]);
    expect([before.anchored(), before.platform.records.size]).toEqual([2, 2]);
  });

  it('w03: what was measured before the pairing is told with the hour from which it may send, and takes no number', async () => {
    const {post, platform, stores} = await watch('2023-06-01');
    const posted = await post('w03-history-before-pairing.csv');
    expect(verdict(posted)).toEqual({aside: 3});
    expect(posted.aside[0]).toEqual({line: 2, why: expect.stringContaining('registered from 2023-06-01 00:00 UTC')});
    expect([platform.records.size, platform.skips.length, (await stores.all()).length]).toEqual([0, 0, 0]);
  });

  it('w04, w09: a file that is posted again adds nothing', async () => {
    const {post, anchored, stores} = await watch('2020-01-01');
    await post('w04-one-row-too-old-of-31.csv');
    const times = anchored();
    expect(verdict(await post('w04-one-row-too-old-of-31.csv'))).toEqual({copies: 30, aside: 1});
    expect([anchored(), (await stores.asides()).length]).toEqual([times, 1]);
  });

  it('w09: an answer that was lost doubles nothing: what is kept goes first', async () => {
    const {post, platform, anchored, calm, stores} = await watch();
    platform.tamper = (path, answer) => {
      if (path === '/v1/records') throw new TypeError('the answer was lost');
      return answer;
    };
    expect(await post('w09-same-row-thrice.csv')).toMatchObject({unsent: 1, batches: []});
    expect(await stores.all()).toHaveLength(1);
    platform.tamper = calm;
    expect(verdict(await post('w09-same-row-thrice.csv'))).toEqual({copies: 3});
    expect([anchored(), platform.records.size, (await stores.all()).length]).toEqual([1, 1, 0]);
  });

  it('own: killed after it had sealed and before it noted that, it doubles nothing', async () => {
    const {post, device, anchored, random} = await watch();
    await device.seal(HEART_RATE, [
      heartRateReading({timeMs: Date.parse('2020-03-05T11:00:00Z'), beatsPerMinute: 61, source: 'watch'}, 0, random),
    ]);
    expect(verdict(await post('w09-same-row-thrice.csv'))).toEqual({copies: 3});
    expect(anchored()).toBe(1);
  });

  it('w06: a reading that is ahead of the clock is sent, and warned of', async () => {
    const {post, platform} = await watch();
    const ahead = new Date(platform.chain.timeMs + 1_800_000).toISOString();
    expect((await post(csv(HEAD, `1,${ahead},61`))).ahead).toMatchObject([{line: 2}]);
  });

  it('w07: keys that were rotated while it was offline: sealed anew', async () => {
    const {post, platform, patient, anchored, calm, stores, slot} = await watch();
    const next = csv(HEAD, `1,${new Date((slot + 1) * 3_600_000 + 60_000).toISOString()},77`);
    platform.tamper = (path, answer) => {
      if (path === '/v1/records') platform.records.clear();
      if (path === '/v1/records') throw new TypeError('offline');
      return answer;
    };
    expect((await post(next)).unsent).toBe(1);
    platform.tamper = calm;
    await patient.rotate([HEART_RATE]);
    expect((await post(next)).settled).toMatchObject({sealedAnew: 1, waiting: 0, kept: []});
    expect([anchored(), (await stores.all()).length]).toEqual([1, 0]);
  });

  it('own: offline it seals under the keys that it knows, keeps, and sends all when somebody answers', async () => {
    const {post, platform, anchored, calm, stores} = await watch('2020-01-01');
    await post('w13-milliseconds.csv');
    platform.tamper = () => {
      throw new TypeError('no network');
    };
    const before = [...platform.records];
    expect(await post('w04-one-row-too-old-of-31.csv')).toMatchObject({sealed: 30, unsent: 30, batches: []});
    expect(verdict(await post('w04-one-row-too-old-of-31.csv'))).toEqual({copies: 30, aside: 1});
    // What reached it all the same was not to be.
    platform.records.clear();
    for (const [place, record] of before) platform.records.set(place, record);
    platform.tamper = calm;
    expect((await post('w13-decimal-point.csv')).settled).toMatchObject({waiting: 0, kept: []});
    expect([anchored(), (await stores.all()).length]).toEqual([32, 0]);
  });

  it('w08, w15: hours that came late are no gap; what a sealer takes every reader can open', async () => {
    const all = await people();
    const {device, slot, platform, grants, keys, clinician, terms, random} = all;
    const hour = (at: number) => heartRateReading({timeMs: at * 3_600_000, beatsPerMinute: 70}, 0, random);
    for (const run of [[slot - 1], [slot - 20, slot - 19], [slot]])
      await device.post(await device.seal(HEART_RATE, run.map(hour)));
    const shifted = {...hour(slot - 3), timeMs: (slot - 1) * 3_600_000};
    await expect(device.seal(HEART_RATE, [shifted])).rejects.toMatchObject({code: 'schema'});
    platform.anchor();
    const {grantId} = await grants.put(terms);
    const asked = {patient: keys.patient, grantId, typeName: HEART_RATE, slotFrom: slot - 1, slotTo: slot};
    const opened = await clinician.fetch(await clinician.requestAccess({...asked, purpose: 'TREAT'}));
    expect(opened).toMatchObject({findings: [], copies: 0, gaps: [{from: 2n, to: 3n}]});
    expect(opened.records.flatMap(({readings}) => readings)).toHaveLength(2);
    expect(platform.complaints).toEqual([]);
  });

  it('own: copies that reached the ledger all the same are left out by the reader, who says how many', async () => {
    const all = await people();
    const {device, slot, platform, grants, keys, clinician, terms, random} = all;
    const same = () => heartRateReading({timeMs: slot * 3_600_000, beatsPerMinute: 70, source: 'watch'}, 0, random);
    for (const run of [[same()], [same(), same()]]) await device.post(await device.seal(HEART_RATE, run));
    platform.anchor();
    const {grantId} = await grants.put(terms);
    const asked = {patient: keys.patient, grantId, typeName: HEART_RATE, slotFrom: slot - 1, slotTo: slot};
    const opened = await clinician.fetch(await clinician.requestAccess({...asked, purpose: 'TREAT'}));
    expect(opened).toMatchObject({findings: [], copies: 2});
    expect(opened.records.flatMap(({readings}) => readings)).toHaveLength(1);
  });

  it('own: nothing that it keeps is readable without its secret', async () => {
    const {post, home, platform, stores, key} = await watch();
    platform.tamper = (path, answer) => {
      if (path === '/v1/records') throw new TypeError('offline');
      return answer;
    };
    expect((await post('w01-row-of-2040.csv')).unsent).toBe(2);
    expect([(await stores.all()).length, (await stores.asides()).length]).toEqual([2, 1]);
    const files = readdirSync(home.dir, {recursive: true, withFileTypes: true}).filter((one) => one.isFile());
    const bytes = files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('');
    for (const told of ['heart_rate', '2020-03-05', '2040', key.privateKey]) expect(bytes).not.toContain(told);
    const others = new FileDeviceStores(home, folderKeys('11'.repeat(32)));
    await expect(others.all()).rejects.toMatchObject({code: 'file-damaged'});
  });
});
