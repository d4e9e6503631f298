import {beforeEach, describe, expect, it} from '@jest/globals';
import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {SkipEntrySchema, RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {openSkip} from '@vitalvault/envelope';
import {publicHalf} from '../keys/stored-key.js';
import {decodePart, txOfPart} from '../ledger/part.js';
import {submit} from '../ledger/transactions.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {SdkError} from '../sdk-error.js';
import {HOSPITAL, people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {acceptDeviceConfig} from './device-config.js';
import {endorseRegistration} from './device-registration.js';
import {MemoryDeviceStores} from './device-stores.js';
import type {PendingRecord} from './device-stores.js';
import {Device} from './device.js';
import {sealedUnder} from './sealed-under.js';

describe('a device that settles what it keeps', () => {
  let all: People;
  beforeEach(async () => {
    all = await people();
  });

  /** The device is taken out and registered again by the same owner; its home goes on. */
  async function pairAgain(fromSlot = all.slot - 1_000): Promise<Device> {
    const {patient, deviceKey, ledger, stores, device} = all;
    await patient.removeDevice(toHex(device.id), {distrustFromSlot: all.slot - 1});
    const offer = {deviceKey, typeNames: [HEART_RATE], deviceClass: 'wearable' as const, fromSlot};
    const {part, owner, pairedKey} = endorseRegistration(await patient.registerDevice(offer), deviceKey);
    const {data} = await submit(ledger, txOfPart(decodePart(part)));
    const {registration} = decodeCanonical(RegisterDeviceResultSchema, data);
    const text = await patient.deviceConfig({
      ...{registration, typeNames: [HEART_RATE], custodians: [HOSPITAL], gateways: ['http://ingest']},
    });
    const {config} = acceptDeviceConfig(text, {chainId: ledger.chainId, owner, pairedKey});
    return new Device({key: deviceKey, config, ledger, stores, fromSlot});
  }

  const kept = async (): Promise<string[]> =>
    (await all.stores.all()).map(({registration, sequence}) => `${registration}/${sequence}`);
  /** Posts, anchors and settles until nothing changes. */
  async function settleWhole(device: Device) {
    const anchored: bigint[] = [];
    let outcomes = await device.repost();
    for (let round = 0; round < 4; round++) {
      all.platform.anchor();
      const settled = await device.settle(outcomes);
      anchored.push(...settled.anchored.map(({sequence}) => sequence));
      outcomes = await device.post(settled.resealed);
    }
    return anchored;
  }
  const onLedger = (): number => [...all.platform.records.values()].filter(({index}) => index !== undefined).length;

  it('forgets a record only when its leaf is proven: the gateway says anchored, and nothing is', async () => {
    const {device, platform, stores, slot} = all;
    const [record] = await device.seal(HEART_RATE, readingsOf(slot, 2));
    await device.post(await stores.all());
    platform.tamper = (path, answer) =>
      path.startsWith('/v1/receipts/')
        ? {json: {...(answer.json as object), state: 'anchored', logIndex: '0', height: '7'}}
        : answer;
    // No leaf stands there yet: it may be on its way.
    expect(await device.settle()).toMatchObject({anchored: [], waiting: 1, kept: []});
    // Another record does.
    const second = new Device({
      key: all.deviceKey,
      config: all.config,
      ledger: all.ledger,
      stores: new MemoryDeviceStores(),
    });
    const others = await second.seal(HEART_RATE, readingsOf(slot - 1, 1));
    platform.records.clear();
    await second.post(others);
    platform.tamper = (_, answer) => answer;
    platform.anchor();
    platform.tamper = (path, answer) =>
      path.startsWith('/v1/receipts/')
        ? {json: {state: 'anchored', recordId: record?.recordId, logIndex: '0', height: '7'}}
        : answer;
    expect(await device.settle()).toMatchObject({anchored: [], waiting: 0, kept: [{reason: 'another-record'}]});
    expect(await kept()).toEqual(['1/1']);
  });

  it('forgets nothing while policy is away or lies, and forgets when it proves', async () => {
    const {device, platform, slot} = all;
    await device.post(await device.seal(HEART_RATE, readingsOf(slot, 2)));
    platform.anchor();
    platform.tamper = (path, answer) => {
      if (path === '/v1/proofs') throw new DomainError('ledger-unavailable');
      return answer;
    };
    expect(await device.settle()).toMatchObject({anchored: [], waiting: 1});
    platform.tamper = (path, answer) => {
      if (path === '/v1/proofs') throw new DomainError('unknown-key');
      return answer;
    };
    expect(await device.settle()).toMatchObject({anchored: [], waiting: 0, kept: [{reason: 'unknown-key'}]});
    platform.tamper = (path, answer) => {
      const {proof = ''} = (answer.json ?? {}) as {proof?: string};
      return path === '/v1/proofs' ? {json: {...(answer.json as object), proof: proof.replace(/..$/, '00')}} : answer;
    };
    expect(await device.settle()).toMatchObject({anchored: [], kept: [{sequence: 1n}]});
    expect(await kept()).toEqual(['1/1']);
    platform.tamper = (_, answer) => answer;
    expect(await device.settle()).toMatchObject({anchored: [{sequence: 1n}], waiting: 0, kept: []});
    expect(await kept()).toEqual([]);
  });

  it('proves many with few questions', async () => {
    const {device, platform, slot} = all;
    for (let hour = 0; hour < 12; hour++) await device.seal(HEART_RATE, readingsOf(slot - hour, 1));
    await device.post(await all.stores.all());
    platform.anchor();
    platform.calls.length = 0;
    expect((await device.settle()).anchored).toHaveLength(12);
    expect(platform.calls.filter((call) => call === 'POST /v1/proofs')).toHaveLength(1);
  });

  it('sends what was sealed before a new pairing under its own registration, while that gives it', async () => {
    const {device, slot, platform} = all;
    await device.seal(HEART_RATE, readingsOf(slot - 2, 4));
    const again = await pairAgain();
    await again.seal(HEART_RATE, readingsOf(slot, 4));
    expect(await kept()).toEqual(['1/1', '2/1']);
    expect(await settleWhole(again)).toHaveLength(2);
    expect([...platform.records.keys()].map((place) => place.slice(41))).toEqual(['1/1', '2/1']);
    expect(await kept()).toEqual([]);
  });

  it('seals anew, under the new registration, what the old one does not give any more, and skips no number of that', async () => {
    const {device, slot, platform} = all;
    const [before] = await device.seal(HEART_RATE, readingsOf(slot, 4));
    const again = await pairAgain();
    expect(await settleWhole(again)).toHaveLength(1);
    expect([...platform.records.keys()].map((place) => place.slice(41))).toEqual(['2/1']);
    expect(platform.skips).toEqual([]);
    expect([...platform.records.values()][0]?.posted.header).not.toEqual(before && sealedUnder(before));
    expect(await kept()).toEqual([]);
  });

  it('seals anew what was sealed before the keys were rotated', async () => {
    const {device, slot, patient, platform} = all;
    await device.seal(HEART_RATE, readingsOf(slot + 1, 4));
    await patient.rotate([HEART_RATE]);
    expect((await device.repost())[0]).toMatchObject({error: {code: 'unknown-epoch'}});
    expect(await settleWhole(device)).toHaveLength(1);
    expect(platform.skips).toHaveLength(1);
    expect(onLedger()).toBe(1);
  });

  it('sets aside what nothing will take, gives the number up at once, and lets the others go', async () => {
    const {stores, slot, platform, deviceKey, config, ledger} = all;
    // A device that does not know from when it is registered learns it from the gateway.
    const device = new Device({key: deviceKey, config, ledger, stores});
    await all.patient.publishEpochs([HEART_RATE], slot - 2_000);
    await device.seal(HEART_RATE, readingsOf(slot - 1_500, 3));
    await device.seal(HEART_RATE, readingsOf(slot, 3));
    const {aside} = await device.settle(await device.repost());
    expect(aside).toHaveLength(3);
    expect(aside[0]).toMatchObject({code: 'slot-out-of-range', typeName: HEART_RATE, owner: all.owner});
    const skip = openSkip(
      decodeCanonical(SkipEntrySchema, platform.skips[0] ?? new Uint8Array()),
      publicHalf(deviceKey).publicKey,
    );
    expect([skip.sequence, skip.registration]).toEqual([1n, 1]);
    expect(await stores.asides()).toHaveLength(3);
    expect(await settleWhole(device)).toEqual([2n]);
  });

  it('keeps a reading somewhere at every point where it is broken off', async () => {
    const {stores, slot, platform, deviceKey, config, ledger} = all;
    const device = new Device({key: deviceKey, config, ledger, stores});
    await all.patient.publishEpochs([HEART_RATE], slot - 2_000);
    await device.seal(HEART_RATE, readingsOf(slot - 1_500, 3));
    const outcomes = await device.repost();
    platform.tamper = (path, answer) =>
      path === '/v1/skips' ? {status: 503, json: {code: 'bus-unavailable'}} : answer;
    await expect(device.settle(outcomes)).rejects.toMatchObject({code: 'bus-unavailable'});
    expect([(await stores.all()).length, (await stores.asides()).length]).toEqual([1, 3]);
    platform.tamper = (_, answer) => answer;
    await device.settle(outcomes);
    expect([(await stores.all()).length, (await stores.asides()).length]).toEqual([0, 3]);
  });

  it('seals nothing twice when it is broken off between the new record and the end of the old one', async () => {
    const {device, slot, stores, platform} = all;
    await device.seal(HEART_RATE, readingsOf(slot, 4));
    const again = await pairAgain();
    const {remove} = stores;
    stores.remove = () => Promise.reject(new Error('the power was cut'));
    const outcomes = await again.repost();
    await expect(again.settle(outcomes)).rejects.toThrow('the power was cut');
    expect(await kept()).toEqual(['1/1', '2/1']);
    stores.remove = remove;
    await settleWhole(again);
    expect([[...platform.records.keys()].map((place) => place.slice(41)), await kept()]).toEqual([['2/1'], []]);
  });

  it('goes on above every number that the platform has when its counter was restored, by few questions', async () => {
    const {device, slot, platform, deviceKey, config, ledger} = all;
    for (let hour = 0; hour < 40; hour++) await device.seal(HEART_RATE, readingsOf(slot - 100 - hour, 1));
    await device.post(await all.stores.all());
    platform.anchor();
    const stores = new MemoryDeviceStores();
    const restored = new Device({key: deviceKey, config, ledger, stores});
    const sealed: PendingRecord[] = [];
    for (const hour of [2, 1]) sealed.push(...(await restored.seal(HEART_RATE, readingsOf(slot - hour, 2))));
    platform.calls.length = 0;
    const {resealed} = await restored.settle(await restored.post(sealed));
    expect(resealed.map(({sequence}) => sequence)).toEqual(['41', '42']);
    expect(resealed.map(({tagSequence}) => tagSequence)).toEqual(['41', '42']);
    expect(platform.calls.filter((call) => call.startsWith('GET /v1/receipts/')).length).toBeLessThan(30);
    await restored.post(resealed);
    platform.anchor();
    expect((await restored.settle()).anchored.map(({sequence}) => sequence)).toEqual([41n, 42n]);
    expect(platform.skips).toEqual([]);
  });

  it('gives up a number whose record was lost before it was kept, and no number that somebody knows', async () => {
    const {device, stores, slot, platform, deviceKey} = all;
    await stores.take(1, '', 1);
    const [record] = await device.seal(HEART_RATE, readingsOf(slot, 2));
    const tooFar = (lowestOpen: string) => {
      const error = new SdkError('sequence-too-far', {meta: {lowestOpen}});
      return [{recordId: record?.recordId ?? '', sequence: 2n, status: 'refused', error} as const];
    };
    for (const known of ['2', 'not a number', '-1']) await device.settle(tooFar(known));
    expect(platform.skips).toEqual([]);
    expect(await device.settle(tooFar('1'))).toMatchObject({waiting: 1});
    const [skip = new Uint8Array()] = platform.skips;
    expect(openSkip(decodeCanonical(SkipEntrySchema, skip), publicHalf(deviceKey).publicKey).sequence).toBe(1n);
    // Proven to be the lowest that is open; the gateway names another one.
    await stores.remove(1, '2');
    await device.settle(tooFar('3'));
    expect(platform.skips).toHaveLength(1);
    await device.post(record === undefined ? [] : [record]);
    await device.settle(tooFar('2'));
    expect(platform.skips).toHaveLength(1);
  });

  it('never seals the readings of one owner for another', async () => {
    const {stores, slot, platform, deviceKey, config, ledger} = all;
    const device = new Device({key: deviceKey, config, ledger, stores});
    await device.seal(HEART_RATE, readingsOf(slot, 2));
    const sold = new Device({
      key: deviceKey,
      config: {...config, patient: new Uint8Array(20), registration: 2},
      ledger,
      stores,
    });
    await all.patient.removeDevice(toHex(device.id), {distrustFromSlot: slot});
    const {kept: stays, resealed} = await sold.settle(await sold.repost());
    expect(stays).toMatchObject([{registration: 1, reason: 'other-owner'}]);
    expect(resealed).toEqual([]);
    expect(platform.records.size).toBe(0);
  });

  it('leaves the records of another custodian alone', async () => {
    const {device, stores, slot, platform} = all;
    const [record] = await device.seal(HEART_RATE, readingsOf(slot, 2));
    if (record) await stores.put({...record, custodian: 'ab'.repeat(20)});
    platform.calls.length = 0;
    expect(await device.repost()).toEqual([]);
    expect(await device.settle()).toMatchObject({waiting: 0, kept: [{reason: 'other-custodian'}]});
    expect(platform.calls).toEqual([]);
  });
});
