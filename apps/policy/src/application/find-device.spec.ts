import {create} from '@bufbuild/protobuf';
import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {DeviceSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PEOPLE} from '@vitalvault/ledger-state/testing';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {projected} from '../../test/support/projected.js';
import {FindDevice} from './find-device.js';

const device = toHex(PEOPLE.device.id);
const stranger = toHex(PEOPLE.stranger.id);
const [first, second] = [1, 2].map((fromSlot) => create(RegistrationSchema, {owner: PEOPLE.patient.id, fromSlot}));

// The third belongs to a block that is only being written.
const store = () =>
  projected(async (writer) => {
    await writer.putDevice(device, create(DeviceSchema, {key: PEOPLE.device.key, registration: 2}));
    for (const [place, value] of [first, second, first].entries())
      if (value !== undefined) await writer.putRegistration(device, place + 1, value);
  }, 7_300n);

describe('FindDevice', () => {
  it.each([
    ['the newest', device, 0, second],
    ['an earlier one', device, 1, first],
    ['the newest by its number', device, 2, second],
    ['none above the newest', device, 3, undefined],
    ['none of a device that is not known', stranger, 0, undefined],
    ['none of a device that is not known, by number', stranger, 1, undefined],
  ])('%s', async (_what, id, registration, expected) => {
    const found = await new FindDevice({projection: await store()}).execute(id, registration);
    expect(found.registration).toEqual(expected);
    expect(found.device?.registration).toBe(id === device ? 2 : undefined);
    expect(found).toMatchObject({at: {height: 0n, timeSeconds: 7_300n}, blockSlot: 2});
  });

  it('speaks for a block that it had when it read: the position comes first', async () => {
    const asked: string[] = [];
    const projection = new Proxy(await store(), {
      get: (target, name: keyof MemoryProjectionStore) => {
        asked.push(name);
        const value = target[name] as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    await new FindDevice({projection}).execute(device, 0);
    expect(asked).toEqual(['position', 'device', 'registration']);
  });

  it('knows nothing before the genesis is projected, and says so by height 0', async () => {
    const found = await new FindDevice({projection: new MemoryProjectionStore()}).execute(device, 0);
    expect(found).toMatchObject({at: {height: 0n}, device: undefined, registration: undefined});
  });
});
