import {beforeEach, describe, expect, it} from '@jest/globals';
import {build, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {
  DeviceConfigSchema,
  PostedRecordSchema,
  RecordHeaderSchema,
  SignedKeySuccessionSchema,
  SigningKeySchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import {signDeviceConfig, signEpochStatement, signKeySuccession} from '@vitalvault/envelope';
import {newSigningKey, privateHalf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {acceptDeviceConfig, encodeDeviceConfig} from './device-config.js';
import type {AcceptedConfig} from './device-config.js';
import {endorseRegistration} from './device-registration.js';
import {MemoryDeviceStores} from './device-stores.js';
import {Device} from './device.js';

const epochOf = (posted: string | undefined): number =>
  decodeCanonical(RecordHeaderSchema, decodeCanonical(PostedRecordSchema, fromHex(posted ?? '')).header).epoch;
const refused = expect.objectContaining({code: 'config-refused'});

describe("a device whose owner's signing key was replaced", () => {
  let all: People;
  let before: StoredKey;
  let first: AcceptedConfig;
  beforeEach(async () => {
    all = await people();
    before = all.keys.signing;
    first = acceptDeviceConfig(all.configText, trust());
  });

  const trust = (known?: AcceptedConfig) => ({
    chainId: all.ledger.chainId,
    owner: all.owner,
    pairedKey: all.pairedKey,
    ...(known === undefined ? {} : {known}),
  });
  const replace = () => all.patient.replaceSigningKey();
  const configure = () =>
    all.patient.deviceConfig({
      registration: 1,
      typeNames: [HEART_RATE],
      custodians: [toHex(first.config.custodians[0]?.organisation ?? new Uint8Array())],
      gateways: [],
    });
  const device = (config: DeviceConfig, stores = all.stores) =>
    new Device({key: all.deviceKey, config, ledger: all.ledger, stores});
  const sealedEpoch = async (by: Device, slot = all.slot): Promise<number> =>
    epochOf((await by.seal(HEART_RATE, readingsOf(slot, 1)))[0]?.posted);
  const successions = (): SignedKeySuccession[] =>
    all.keys.successions.map((one) => decodeCanonical(SignedKeySuccessionSchema, fromHex(one)));
  const signed = (
    change: Partial<Pick<DeviceConfig, 'version' | 'successions' | 'recoveryKey'>>,
    {by = all.keys.signing, chain = successions()}: {by?: StoredKey; chain?: SignedKeySuccession[]} = {},
  ): string => {
    const config = build(DeviceConfigSchema, {
      ...first.config,
      ownerKey: build(SigningKeySchema, publicHalf(by)),
      successions: chain.length,
      ...change,
    });
    return encodeDeviceConfig(signDeviceConfig(config, privateHalf(by), chain));
  };
  const succession = (newKey: StoredKey, n: number, by = all.keys.recovery): SignedKeySuccession =>
    signKeySuccession(
      {
        chainId: all.ledger.chainId,
        identity: fromHex(all.owner),
        n,
        newKey: build(SigningKeySchema, publicHalf(newKey)),
      },
      privateHalf(by),
    );

  describe('far away, with nothing but a gateway', () => {
    it('learns the new key and seals under the epochs that it signed; what is old is sealed under the old ones', async () => {
      const {slot, stores} = all;
      expect(await sealedEpoch(device(first.config))).toBe(1);
      await replace();
      await replace();
      expect(await sealedEpoch(device(first.config), slot - 2)).toBe(1);
      expect(await stores.ownerKeys()).toHaveLength(2);
      expect(
        (await stores.epochs(toHex(first.config.typeTags[0] ?? new Uint8Array()))).map(({signer}) => signer),
      ).toEqual([0, 1, 2]);
      const posted = await device(first.config).post(await device(first.config).seal(HEART_RATE, readingsOf(slot, 2)));
      expect(posted).toMatchObject([{status: 'accepted'}]);
      all.platform.anchor();
      expect([...all.platform.records.values()].map(({index}) => index)).toEqual([0n]);
    });

    it('believes no succession that the recovery key did not sign, of another ledger or patient, or with a gap', async () => {
      const thief = newSigningKey(all.random);
      const other = {
        chainId: 'other',
        identity: fromHex(all.owner),
        n: 1,
        newKey: build(SigningKeySchema, publicHalf(thief)),
      };
      const lies = [
        succession(thief, 1, before),
        succession(thief, 1, thief),
        succession(thief, 2),
        signKeySuccession(other, privateHalf(all.keys.recovery)),
        signKeySuccession(
          {...other, chainId: all.ledger.chainId, identity: new Uint8Array(20)},
          privateHalf(all.keys.recovery),
        ),
      ];
      for (const lie of lies) {
        const statement = forged(thief, 2);
        all.platform.tamper = (path, answer) =>
          path.endsWith('/successions')
            ? {json: {successions: [toHex(encodeCanonical(SignedKeySuccessionSchema, lie))], atHeight: '1'}}
            : path.endsWith('/epoch-statements')
              ? {json: {statements: [...(answer.json as {statements: string[]}).statements, statement], atHeight: '1'}}
              : answer;
        expect(await sealedEpoch(device(first.config, new MemoryDeviceStores()))).toBe(1);
      }
    });

    const forged = (by: StoredKey, epoch: number): string =>
      toHex(
        encodeCanonical(
          SignedEpochStatementSchema,
          signEpochStatement(
            {
              chainId: all.ledger.chainId,
              patient: fromHex(all.owner),
              typeTag: first.config.typeTags[0] ?? new Uint8Array(),
              epoch,
              publicKey: new Uint8Array(32).fill(9),
              fromSlot: all.slot - 1,
            },
            privateHalf(by),
          ),
        ),
      );

    it('takes nothing new from the old key, which may have leaked, once it knows the new one', async () => {
      const {slot, stores, random} = all;
      expect(await sealedEpoch(device(first.config))).toBe(1);
      await replace();
      expect(await sealedEpoch(device(first.config), slot - 1)).toBe(1);
      // The gateway leaves out what the new key signed, or adds what the thief of the old key would like.
      const lie = (change: (honest: string[]) => string[]): void => {
        all.platform.tamper = (path, answer) =>
          path.endsWith('/epoch-statements')
            ? {json: {statements: change((answer.json as {statements: string[]}).statements), atHeight: '1'}}
            : answer;
      };
      lie((honest) => [...honest, forged(before, 3)]);
      expect(
        (await stores.epochs(toHex(first.config.typeTags[0] ?? new Uint8Array()))).map(({epoch}) => epoch),
      ).toEqual([1, 2]);
      expect(await sealedEpoch(device(first.config), slot + 1)).toBe(2);
      lie(([one]) => [one ?? '', forged(before, 3)]);
      await expect(device(first.config).seal(HEART_RATE, readingsOf(slot, 1))).rejects.toMatchObject({
        code: 'epoch-missing',
      });
      lie((honest) => [forged(before, 1), ...honest.slice(1)]);
      await expect(device(first.config).seal(HEART_RATE, readingsOf(slot - 3, 1))).rejects.toMatchObject({
        code: 'epoch-missing',
      });
      // One that is new believes below the newest of the current key, and nothing above.
      lie((honest) => [...honest, forged(before, 3)]);
      expect(await sealedEpoch(device(first.config, new MemoryDeviceStores()), slot + 1)).toBe(2);
      lie((honest) => [...honest, forged(newSigningKey(random), 3)]);
      expect(await sealedEpoch(device(first.config, new MemoryDeviceStores()), slot + 1)).toBe(2);
    });

    it('is not bound for ever by what a thief of the old key had shown it before', async () => {
      const {slot} = all;
      all.platform.tamper = (path, answer) =>
        path.endsWith('/epoch-statements')
          ? {
              json: {
                statements: [...(answer.json as {statements: string[]}).statements, forged(before, 2 ** 32 - 1)],
                atHeight: '1',
              },
            }
          : answer;
      expect(await sealedEpoch(device(first.config))).toBe(2 ** 32 - 1);
      all.platform.tamper = (_, answer) => answer;
      await replace();
      expect(await sealedEpoch(device(first.config), slot + 1)).toBe(2);
    });
  });

  describe('with a new configuration', () => {
    it('takes it by the successions that it carries, and never goes back', async () => {
      await replace();
      const second = acceptDeviceConfig(await configure(), trust(first));
      expect(second.config.successions).toBe(1);
      await replace();
      await replace();
      const text = await configure();
      expect(acceptDeviceConfig(text, trust(first)).ownerKeys).toHaveLength(3);
      const third = acceptDeviceConfig(text, trust(second));
      expect(third.ownerKeys).toHaveLength(3);
      const [tag = new Uint8Array()] = third.config.typeTags;
      const {epochKeys} = device(third.config, new MemoryDeviceStores());
      expect((await epochKeys.at(tag, all.slot + 3)).epoch).toBe(4);
      expect(() => acceptDeviceConfig(all.configText, trust(third))).toThrow(refused);
      expect(() => acceptDeviceConfig(signed({}, {by: before, chain: []}), trust(second))).toThrow(refused);
    });

    it('counts versions anew with each key: a thief who used them up does not lock the owner out', async () => {
      const taken = acceptDeviceConfig(signed({version: 2 ** 32 - 1}, {chain: []}), trust(first));
      expect(() => acceptDeviceConfig(signed({version: 7}, {chain: []}), trust(taken))).toThrow(refused);
      await replace();
      const next = acceptDeviceConfig(signed({version: 7}), trust(taken));
      expect(() => acceptDeviceConfig(signed({version: 6}), trust(next))).toThrow(refused);
      expect(() => acceptDeviceConfig(signed({version: 0}), trust(taken))).toThrow(refused);
    });

    it('refuses successions with a gap, by another key, and another recovery key', async () => {
      const thief = newSigningKey(all.random);
      await replace();
      await replace();
      const [one, two] = successions();
      if (one === undefined || two === undefined) throw new Error('two were made');
      const thiefsRecovery = build(SigningKeySchema, publicHalf(thief));
      for (const text of [
        signed({}, {chain: [two]}),
        signed({}, {chain: [two, one]}),
        signed({}, {chain: [one]}),
        signed({successions: 1}),
        signed({successions: 3}),
        signed({}, {by: thief, chain: [one, two]}),
        signed({}, {by: thief, chain: [one, two, succession(thief, 3, thief)]}),
        signed({recoveryKey: thiefsRecovery}, {by: thief, chain: [one, two, succession(thief, 3, thief)]}),
        signed({recoveryKey: thiefsRecovery}, {by: before, chain: []}),
      ])
        expect(() => acceptDeviceConfig(text, trust(first))).toThrow(refused);
      expect(acceptDeviceConfig(signed({}, {chain: [one, two]}), trust(first)).ownerKeys).toHaveLength(2);
      // Of two histories that the recovery key signed, the one that came first stays.
      const known = acceptDeviceConfig(signed({}, {chain: [one, two]}), trust(first));
      const fork = [succession(thief, 1), succession(newSigningKey(all.random), 2), succession(thief, 3)];
      expect(() => acceptDeviceConfig(signed({}, {by: thief, chain: fork}), trust(known))).toThrow(refused);
    });
  });

  describe('that comes only now', () => {
    it('takes its first configuration from the key that signed its registration', async () => {
      await replace();
      const deviceKey = newSigningKey(all.random);
      const offer = await all.patient.registerDevice({
        deviceKey,
        typeNames: [HEART_RATE],
        deviceClass: 'wearable',
        fromSlot: all.slot,
      });
      const {owner, pairedKey} = endorseRegistration(offer, deviceKey);
      expect([owner, pairedKey]).toEqual([all.owner, all.keys.signing.publicKey]);
      const paired = {chainId: all.ledger.chainId, owner, pairedKey};
      const text = await configure();
      expect(acceptDeviceConfig(text, paired).ownerKeys).toEqual([pairedKey]);
      const thief = newSigningKey(all.random);
      const own = build(SigningKeySchema, publicHalf(thief));
      // Who names her own recovery key can make any succession: the key of the registration decides.
      for (const bad of [
        signed({recoveryKey: own}, {by: thief, chain: [succession(thief, 1, thief)]}),
        signed({}, {by: before, chain: []}),
      ])
        expect(() => acceptDeviceConfig(bad, paired)).toThrow(refused);
      expect(() => acceptDeviceConfig(text, {chainId: all.ledger.chainId, owner})).toThrow(refused);
    });
  });
});
