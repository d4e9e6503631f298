import {describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {KEY_OWNER} from '@vitalvault/contracts';
import {
  DeviceSchema,
  KeyOwnerSchema,
  MemberSchema,
  OrganisationKeySchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import type {ProjectionWriter} from './ports.js';
import {ResolveKey} from './resolve-key.js';

const bytes = (n: number): Uint8Array => new Uint8Array(20).fill(n);
const id = (n: number): string => n.toString(16).padStart(2, '0').repeat(20);

describe('whose key it is', () => {
  it("a current one is its owner's, a retired one nobody's", async () => {
    const store = new MemoryProjectionStore();
    await store.project([{height: 0n, timeSeconds: 0n}], async (writer) => {
      await writer.putKey(id(1), {
        publicKey: bytes(9),
        owner: create(KeyOwnerSchema, {kind: KEY_OWNER.patient, identity: bytes(5)}),
      });
      await writer.putKey(id(2), {
        publicKey: bytes(9),
        owner: create(KeyOwnerSchema, {kind: KEY_OWNER.member, identity: bytes(6), retired: true}),
      });
    });
    const resolve = new ResolveKey({projection: store});
    expect(await resolve.execute(id(1))).toEqual({keyId: id(1), publicKey: bytes(9), identity: id(5), kind: 'patient'});
    expect([await resolve.execute(id(2)), await resolve.execute(id(3))]).toEqual([undefined, undefined]);
  });

  it.each<[string, keyof typeof KEY_OWNER, (writer: ProjectionWriter) => Promise<void>, boolean]>([
    ['a member', 'member', (writer) => writer.putMember(id(5), create(MemberSchema, {})), true],
    [
      'a member who is suspended',
      'member',
      (writer) => writer.putMember(id(5), create(MemberSchema, {suspended: true})),
      false,
    ],
    ['a device', 'device', (writer) => writer.putDevice(id(5), create(DeviceSchema, {owner: bytes(6)})), true],
    ['a device that was removed', 'device', (writer) => writer.putDevice(id(5), create(DeviceSchema, {})), false],
  ])('%s is let in: %#', async (_who, kind, put, letIn) => {
    const store = new MemoryProjectionStore();
    await store.project([{height: 0n, timeSeconds: 0n}], async (writer) => {
      await put(writer);
      const owner = create(KeyOwnerSchema, {kind: KEY_OWNER[kind], identity: bytes(5)});
      await writer.putKey(id(1), {publicKey: bytes(9), owner});
    });
    const found = await new ResolveKey({projection: store}).execute(id(1));
    expect(found?.identity).toBe(letIn ? id(5) : undefined);
  });

  it.each([
    [9, false],
    [10, true],
    [20, true],
    [21, false],
  ])("an organisation's key in slot %d: %s", async (slot, valid) => {
    const store = new MemoryProjectionStore();
    await store.project([{height: 0n, timeSeconds: BigInt(slot * 3_600)}], async (writer) => {
      await writer.putKey(id(1), {
        publicKey: bytes(9),
        owner: create(KeyOwnerSchema, {kind: KEY_OWNER.organisation, identity: bytes(5)}),
      });
      await writer.putOrganisationKey(
        id(1),
        create(OrganisationKeySchema, {
          organisation: bytes(5),
          role: 2,
          key: {alg: 1, publicKey: bytes(9)},
          fromSlot: 10,
          toSlot: 20,
        }),
      );
    });
    expect((await new ResolveKey({projection: store}).execute(id(1))) !== undefined).toBe(valid);
  });
});
