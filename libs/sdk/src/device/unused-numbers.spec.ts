import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {SdkError} from '../sdk-error.js';
import {people, readingsOf} from '../../testing/people.js';
import {MemoryDeviceStores} from './device-stores.js';
import {Device} from './device.js';

describe('a device whose counter went back while records are kept', () => {
  async function restored() {
    const {device, slot, stores, deviceKey, config, ledger} = await people();
    const kept = [];
    for (const hour of [3, 2, 1]) kept.push(...(await device.seal(HEART_RATE, readingsOf(slot - hour, 2))));
    // The counters are those of a new store, the records those that were kept.
    const counters = new MemoryDeviceStores();
    stores.take = (...asked) => counters.take(...asked);
    const again = new Device({key: deviceKey, config, ledger, stores});
    const times = async () => (await stores.all()).flatMap(({readings}) => readings.map(({timeMs}) => timeMs));
    return {kept, again, slot, times, before: await times()};
  }

  it('seals under numbers that none of them has, and overwrites no reading', async () => {
    const {again, slot, times, before} = await restored();
    const readings = readingsOf(slot, 2);
    const [fresh] = await again.seal(HEART_RATE, readings);
    expect(fresh?.sequence).toBe('4');
    expect(await times()).toEqual([...before, ...readings.map(({timeMs}) => timeMs)]);
  });

  it('seals a refused record anew beside the others', async () => {
    const {again, kept, times, before} = await restored();
    const [first] = kept;
    if (first === undefined) throw new Error('nothing is kept');
    const conflict = new SdkError('sequence-conflict');
    const outcome = {recordId: first.recordId, sequence: 1n, status: 'refused', error: conflict} as const;
    expect((await again.settle([outcome])).resealed.map(({sequence}) => sequence)).toEqual(['4']);
    expect((await times()).toSorted()).toEqual(before.toSorted());
  });
});
