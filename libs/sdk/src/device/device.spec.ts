import {beforeEach, describe, expect, it} from '@jest/globals';
import {DEVICE_CLASS, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {assembleTx, openAccepted, openSkip, signAccepted, signBody} from '@vitalvault/envelope';
import {newSigningKey, privateHalf, publicHalf} from '../keys/stored-key.js';
import {bodyOfPart, decodePart, signPart, txOfPart} from '../ledger/part.js';
import {submit} from '../ledger/transactions.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {acceptDeviceConfig} from './device-config.js';
import {endorseRegistration} from './device-registration.js';
import {MemoryDeviceStores} from './device-stores.js';
import {Device} from './device.js';

const headerOf = (posted: string) =>
  decodeCanonical(RecordHeaderSchema, decodeCanonical(PostedRecordSchema, fromHex(posted)).header);

describe('a device', () => {
  let all: People;
  beforeEach(async () => {
    all = await people();
  });

  it('numbers records without a gap, per device and per tag, and keeps them until they are anchored', async () => {
    const {device, slot, stores} = all;
    const records = [
      ...(await device.seal(HEART_RATE, readingsOf(slot - 2, 70))),
      ...(await device.seal(HEART_RATE, readingsOf(slot - 1, 3))),
    ];
    expect(records.map(({sequence}) => sequence)).toEqual(['1', '2', '3']);
    expect(
      records.map(({posted}) => headerOf(posted)).map(({count, tagSequence, slot: hour}) => [count, tagSequence, hour]),
    ).toEqual([
      [64, 1n, slot - 2],
      [6, 2n, slot - 2],
      [3, 3n, slot - 1],
    ]);
    expect(await stores.all()).toHaveLength(3);
  });

  it('seals nothing when one reading is none, and takes no number for it', async () => {
    const {device, slot} = all;
    const readings = readingsOf(slot, 3);
    readings.push({timeMs: readings[0]?.timeMs ?? 0, text: '{"body":{}}'});
    await expect(device.seal(HEART_RATE, readings)).rejects.toMatchObject({code: 'schema'});
    await expect(device.seal('omh:blood-glucose', readingsOf(slot, 1))).rejects.toMatchObject({code: 'unknown-type'});
    expect((await device.seal(HEART_RATE, readingsOf(slot, 1)))[0]?.sequence).toBe('1');
  });

  it('halves a batch that does not fit, and refuses a reading that cannot', async () => {
    const {device, slot, random} = all;
    const noise = (bytes: number): string => toHex(random(bytes));
    const big = readingsOf(slot, 4).map((reading) => ({
      ...reading,
      text: reading.text.replace('}}}', `}},"user_notes":"${noise(20_000)}"}`),
    }));
    for (const {text} of big)
      expect(() => {
        JSON.parse(text);
      }).not.toThrow();
    expect((await device.seal(HEART_RATE, big)).length).toBeGreaterThan(1);
    const huge = readingsOf(slot, 1).map((reading) => ({
      ...reading,
      text: reading.text.replace('}}}', `}},"user_notes":"${noise(80_000)}"}`),
    }));
    await expect(device.seal(HEART_RATE, huge)).rejects.toMatchObject({code: 'record-too-large'});
  });

  it('never sends more records in one body than a device may send at once, and halves one that is too large yet', async () => {
    const {device, slot, platform} = all;
    const [record] = await device.seal(HEART_RATE, readingsOf(slot, 1));
    if (record === undefined) throw new Error('spec');
    const bodies: number[] = [];
    let most = 256;
    platform.tamper = (path, answer) => {
      const {records = []} = (answer.json ?? {}) as {records?: unknown[]};
      if (path !== '/v1/records') return answer;
      bodies.push(records.length);
      if (records.length > most) throw new DomainError('too-many-records');
      return answer;
    };
    const pending = Array<typeof record>(300).fill(record);
    expect(await device.post(pending)).toHaveLength(300);
    expect(bodies).toEqual([256, 44]);
    [bodies.length, most] = [0, 2];
    expect((await device.post(pending.slice(0, 5))).map(({status}) => status)).toEqual(Array(5).fill('duplicate'));
    expect(bodies).toEqual([5, 3, 2, 1, 2]);
    most = 0;
    await expect(device.post([record])).rejects.toMatchObject({code: 'too-many-records'});
  });

  it('believes a receipt only when the custodian signed it for this very record', async () => {
    const {device, slot, platform, config, deviceKey} = all;
    const lies: ((receipt: string) => string)[] = [
      (receipt) => receipt.slice(0, -2) + (receipt.endsWith('00') ? '01' : '00'),
      (receipt) => {
        const signed = decodeCanonical(SignedAcceptedSchema, fromHex(receipt));
        const accepted = openAccepted(signed, config.custodians[0]?.ingestKey ?? publicHalf(deviceKey));
        return toHex(encodeCanonical(SignedAcceptedSchema, signAccepted(accepted, fromHex(deviceKey.privateKey))));
      },
      () => '',
    ];
    for (const lie of lies) {
      platform.tamper = (_, answer) => {
        for (const record of (answer.json as {records?: {receipt: string}[]} | undefined)?.records ?? [])
          record.receipt = lie(record.receipt);
        return answer;
      };
      await expect(device.post(await device.seal(HEART_RATE, readingsOf(slot, 1)))).rejects.toMatchObject({
        code: 'receipt-invalid',
      });
    }
    // A true receipt, but of another record.
    let first: string | undefined;
    platform.tamper = (path, answer) => {
      for (const record of path === '/v1/records' ? (answer.json as {records: {receipt: string}[]}).records : [])
        record.receipt = first ??= record.receipt;
      return answer;
    };
    await device.post(await device.seal(HEART_RATE, readingsOf(slot, 1)));
    await expect(device.post(await device.seal(HEART_RATE, readingsOf(slot, 1)))).rejects.toMatchObject({
      code: 'receipt-invalid',
    });
  });

  it('tells which record of a body was refused and why, and recovers from a counter that was restored', async () => {
    const {device, slot, platform, deviceKey, config, ledger, stores} = all;
    await device.post(await device.seal(HEART_RATE, readingsOf(slot - 1, 2)));
    const restored = new MemoryDeviceStores();
    const again = new Device({key: deviceKey, config, ledger, stores: restored});
    const outcomes = await again.post(await again.seal(HEART_RATE, readingsOf(slot, 1)));
    expect(outcomes).toEqual([
      expect.objectContaining({status: 'refused', error: expect.objectContaining({code: 'sequence-conflict'})}),
    ]);
    expect(platform.records.size).toBe(1);
    const {resealed} = await again.settle(outcomes);
    expect(resealed.map(({sequence}) => sequence)).toEqual(['2']);
    expect((await again.post(resealed)).map(({status}) => status)).toEqual(['accepted']);
    expect(platform.skips).toEqual([]);
    expect(await stores.all()).toHaveLength(1);
    expect(await restored.all()).toHaveLength(1);
  });

  /** The gateway answers about any number with this over what it would say. */
  const answering = (change: object) => {
    all.platform.tamper = (path, answer) =>
      path.startsWith('/v1/receipts/')
        ? {...answer, status: 200, json: {...(answer.json as object), ...change}}
        : answer;
  };

  it.each([
    ['anchored, another record', {state: 'anchored', recordId: 'ab'.repeat(32)}, 'another-record'],
    ['anchored, a record of zeros', {state: 'anchored', recordId: '00'.repeat(32)}, 'another-record'],
    ['anchored, no record', {state: 'anchored', recordId: ''}, 'another-record'],
    ['anchored, without an id', {state: 'anchored', recordId: undefined}, 'answer-malformed'],
    ['refused, another record', {state: 'refused', recordId: 'ab'.repeat(32)}, 'another-record'],
    ['skipped, another record', {state: 'skipped', recordId: 'ab'.repeat(32)}, 'another-record'],
    ['stored, another record', {state: 'stored', recordId: 'ab'.repeat(32)}, 'another-record'],
  ])('keeps its readings when the gateway says: %s', async (_what, change, reason) => {
    const {device, slot, stores} = all;
    const records = await device.seal(HEART_RATE, readingsOf(slot, 2));
    await device.post(records);
    answering(change);
    const {anchored, resealed, waiting, kept} = await device.settle();
    expect([anchored, resealed, waiting]).toEqual([[], [], 0]);
    expect(kept).toMatchObject([{sequence: 1n, recordId: records[0]?.recordId, reason}]);
    expect(await stores.all()).toEqual(records);
    await expect(device.settleAll(1_000)).rejects.toMatchObject({code: 'receipt-invalid'});
    all.platform.tamper = (_, answer) => answer;
    all.platform.anchor();
    expect(await device.settleAll(1_000)).toHaveLength(1);
  });

  it('with a restored counter: the older record under the number is not taken for the new one', async () => {
    const {device, slot, platform, deviceKey, config, ledger} = all;
    await device.post(await device.seal(HEART_RATE, readingsOf(slot - 1, 2)));
    platform.anchor();
    const restored = new MemoryDeviceStores();
    const again = new Device({key: deviceKey, config, ledger, stores: restored});
    const lost = await again.seal(HEART_RATE, readingsOf(slot, 3));
    const outcomes = await again.repost();
    expect((await again.settle()).kept).toMatchObject([{sequence: 1n, recordId: lost[0]?.recordId}]);
    await again.post((await again.settle(outcomes)).resealed);
    platform.anchor();
    expect(await again.settleAll(1_000)).toMatchObject([{sequence: 2n}]);
    expect(await restored.all()).toEqual([]);
    expect(platform.records.size).toBe(2);
  });

  it('seals a finally refused record again under new numbers and gives the old one up', async () => {
    const {device, slot, platform, stores, patient, deviceKey} = all;
    await patient.rotate([HEART_RATE]);
    // The device has not heard of epoch 2 yet, but of hours that it alone covers it knows nothing: it seals under epoch
    // 1.
    await device.post(await device.seal(HEART_RATE, readingsOf(slot - 1, 2)));
    const [record] = [...platform.records.values()];
    if (record === undefined) throw new Error('nothing was posted');
    record.refusal = {code: 126, name: 'entryEpoch'};
    // The skip does not get through at first: nothing is sealed twice for that.
    platform.tamper = (path, answer) =>
      path === '/v1/skips' ? {status: 503, json: {code: 'bus-unavailable'}} : answer;
    await expect(device.settle()).rejects.toMatchObject({code: 'bus-unavailable'});
    platform.tamper = (_, answer) => answer;
    const {resealed} = await device.settle();
    expect(resealed.map(({sequence, readings}) => [sequence, readings.length])).toEqual([['2', 2]]);
    const skip = openSkip(
      decodeCanonical(SkipEntrySchema, platform.skips.at(-1) ?? new Uint8Array()),
      publicHalf(deviceKey).publicKey,
    );
    expect([skip.sequence, skip.tagSequence]).toEqual([1n, 1n]);
    expect((await stores.all()).map(({sequence}) => sequence)).toEqual(['2']);
    await device.post(resealed);
    platform.anchor();
    expect(await device.settleAll(1_000)).toHaveLength(1);
  });

  it('never goes back to an older epoch, whatever the gateway shows', async () => {
    const {device, slot, platform, patient, config} = all;
    const tag = config.typeTags[0] ?? new Uint8Array();
    const first = await device.epochKeys.at(tag, slot);
    await patient.rotate([HEART_RATE]);
    await device.epochKeys.refresh(tag);
    expect((await device.epochKeys.at(tag, slot)).epoch).toBe(2);
    expect((await device.epochKeys.at(tag, slot - 5)).epoch).toBe(first.epoch);
    platform.tamper = (path, answer) =>
      path.endsWith('/epoch-statements')
        ? {
            json: {
              ...(answer.json as object),
              statements: (answer.json as {statements: string[]}).statements.slice(0, 1),
            },
          }
        : answer;
    await expect(device.epochKeys.refresh(tag)).rejects.toMatchObject({code: 'epoch-missing'});
    await expect(device.epochKeys.at(tag, slot - 5_000)).rejects.toMatchObject({code: 'epoch-missing'});
  });

  it('seals to no key that its owner did not sign', async () => {
    const {device, platform, slot} = all;
    platform.tamper = (path, answer) =>
      path.endsWith('/epoch-statements')
        ? {
            json: {
              statements: (answer.json as {statements: string[]}).statements.map(
                (text) => text.slice(0, -2) + (text.endsWith('00') ? '01' : '00'),
              ),
            },
          }
        : answer;
    await expect(device.seal(HEART_RATE, readingsOf(slot, 1))).rejects.toMatchObject({code: 'epoch-missing'});
  });
});

describe('a configuration', () => {
  it('is taken from the owner alone, for this ledger, and never an older one', async () => {
    const {configText, owner, pairedKey, ledger, patient, slot} = await people();
    const trust = {chainId: ledger.chainId, owner, pairedKey};
    const known = acceptDeviceConfig(configText, trust);
    expect(known.config.version).toBe(1);
    const newer = await patient
      .deviceConfig({registration: 1, typeNames: [HEART_RATE], custodians: [], gateways: []})
      .catch(() => '');
    const refused = expect.objectContaining({code: 'config-refused'});
    expect(() => acceptDeviceConfig(newer, trust)).toThrow(refused);
    const later = {...known, config: {...known.config, version: 2}};
    expect(() => acceptDeviceConfig(configText, {...trust, known: later})).toThrow(refused);
    expect(acceptDeviceConfig(configText, {...trust, known}).config.version).toBe(1);
    expect(() => acceptDeviceConfig(configText, {...trust, owner: 'ab'.repeat(20)})).toThrow(refused);
    expect(() => acceptDeviceConfig(configText, {...trust, chainId: 'other'})).toThrow(refused);
    expect(() => acceptDeviceConfig(configText, {...trust, pairedKey: '02'.padEnd(66, 'a')})).toThrow(refused);
    expect(() => acceptDeviceConfig(`${configText.slice(0, 60)}A${configText.slice(61)}`, trust)).toThrow(refused);
    expect(() => acceptDeviceConfig(configText.replace('vvcfg1.', ''), trust)).toThrow(refused);
    expect(slot).toBeGreaterThan(0);
  });
});

describe('a registration', () => {
  it('is endorsed only for its own key, and refused by the ledger without that', async () => {
    const {patient, ledger, random, slot, keys} = await people();
    const deviceKey = newSigningKey(random);
    const text = await patient.registerDevice({
      deviceKey,
      typeNames: [HEART_RATE],
      deviceClass: 'implant',
      fromSlot: slot,
    });
    expect(bodyOfPart(decodePart(text)).message.value).toMatchObject({deviceClass: DEVICE_CLASS.implant});
    expect(() => endorseRegistration(text, newSigningKey(random))).toThrow(
      expect.objectContaining({code: 'part-refused'}),
    );
    expect(() => endorseRegistration('vvtx1.AAAA', deviceKey)).toThrow(expect.objectContaining({code: 'part-refused'}));
    await expect(submit(ledger, txOfPart(decodePart(text)))).rejects.toMatchObject({
      code: 'tx-refused',
      meta: {codeName: 'wrongSigners'},
    });
    const {part, owner} = endorseRegistration(text, deviceKey);
    expect(owner).toBe(keys.patient);
    expect(() => signPart(decodePart(text), newSigningKey(random))).toThrow(
      expect.objectContaining({code: 'part-refused'}),
    );
    // What one of two signed says nothing of another pair of signers.
    const {body, signatures} = decodePart(text);
    const forged = [...signatures, signBody(body, privateHalf(newSigningKey(random)), signatures)];
    await expect(submit(ledger, assembleTx(body, forged))).rejects.toMatchObject({code: 'tx-refused'});
    expect((await submit(ledger, txOfPart(decodePart(part)))).height).toBeGreaterThan(0n);
  });
});
