import {afterEach, beforeEach, describe, expect, it} from '@jest/globals';
import {secp256k1} from '@noble/curves/secp256k1.js';
import {x25519} from '@noble/curves/ed25519.js';
import {decodeCanonical, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {ROLES} from '@vitalvault/genesis';
import {parseGenesis} from '@vitalvault/light-client';
import {chmod, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {layoutOf} from '../plan/layout.js';
import {ensureGenesis} from './ensure-genesis.js';
import type {Layout} from '../plan/layout.js';

let layout: Layout;
const settings = {
  layout: 1,
  chainId: 'vitalvault-000000',
  portBase: 30_000,
  validators: 2,
  capacity: {keys: 60_000, leaves: 700_000},
} as const;

beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), 'vv-genesis-')));
});
afterEach(async () => {
  await rm(layout.data, {recursive: true});
});

const keyFileOf = (i: number, role: string) => join(layout.organisation(i), `${role}.key.json`);
const readKey = async (i: number, role: string) =>
  JSON.parse(await readFile(keyFileOf(i, role), 'utf8')) as {alg: number; publicKey: string; privateKey: string};

describe('ensureGenesis', () => {
  it('gives the ledger the room of the settings', async () => {
    await ensureGenesis(layout, settings);
    const {parameters} = parseGenesis(await readFile(layout.genesis, 'utf8')).genesis;
    expect(parameters).toMatchObject({maxKeys: 60_000n, maxLeaves: 700_000n});
  });

  it('makes keys that only their owner can read, and whose public part belongs to the private one', async () => {
    await ensureGenesis(layout, settings);
    for (const role of ROLES) {
      expect((await stat(keyFileOf(0, role))).mode & 0o777).toBe(0o600);
      const {alg, publicKey, privateKey} = await readKey(0, role);
      const derived =
        role === 'release' ? x25519.getPublicKey(fromHex(privateKey)) : secp256k1.getPublicKey(fromHex(privateKey));
      expect([role, alg, publicKey]).toEqual([role, role === 'release' ? 16 : 1, toHex(derived)]);
    }
  });

  it('refuses a key that others can read, and quotes nothing of one that is damaged', async () => {
    await ensureGenesis(layout, settings);
    const validator = join(layout.validator(0).home, 'config', 'priv_validator_key.json');
    await writeFile(validator, '{"priv_key":{"value":c2VjcmV0}}');
    await expect(ensureGenesis(layout, settings)).rejects.toThrow('is no key of CometBFT');
    await expect(ensureGenesis(layout, settings)).rejects.not.toThrow('c2Vj');
    await chmod(keyFileOf(0, 'storage'), 0o644);
    await expect(ensureGenesis(layout, settings)).rejects.toThrow('can be read by others');
  });

  it("names an organisation by the id of its admin key and puts that into every validator's genesis", async () => {
    const {organisations} = await ensureGenesis(layout, settings);
    const {alg, publicKey} = await readKey(1, 'admin');
    expect(organisations[1]?.id).toBe(toHex(keyId({alg, publicKey: fromHex(publicKey)})));
    const text = await readFile(join(layout.validator(1).home, 'config', 'genesis.json'), 'utf8');
    expect(text).toBe(await readFile(layout.genesis, 'utf8'));
    const genesis = decodeCanonical(
      GenesisSchema,
      Buffer.from((JSON.parse(text) as {app_state: string}).app_state, 'base64'),
    );
    expect(genesis.organisations.map((o) => toHex(o.id)).toSorted()).toEqual(organisations.map((o) => o.id).toSorted());
    expect(genesis.organisations.filter((o) => o.validators.length === 1)).toHaveLength(2);
  });

  it('is never taken from another system: whose it is, and how to put it back, is said before a validator gets it', async () => {
    await ensureGenesis(layout, settings);
    const own = await readFile(layout.genesis, 'utf8');
    const copy = join(layout.validator(0).home, 'config', 'genesis.json');
    await writeFile(layout.genesis, own.replace('vitalvault-000000', 'vitalvault-release'));
    await expect(ensureGenesis(layout, settings)).rejects.toThrow(
      new RegExp(`of the chain vitalvault-release, .* is vitalvault-000000.*cp ${copy} ${layout.genesis}`),
    );
    expect(await readFile(copy, 'utf8')).toBe(own);
    await writeFile(layout.genesis, 'no JSON');
    await expect(ensureGenesis(layout, settings)).rejects.toThrow(/damaged/);
    await writeFile(copy, own.replace('vitalvault-000000', 'vitalvault-release'));
    await expect(ensureGenesis(layout, settings)).rejects.toThrow(/make clean/);
  });

  it('is the same for ever: a second start changes neither keys nor genesis', async () => {
    const first = await ensureGenesis(layout, settings);
    const before = await readFile(layout.genesis, 'utf8');
    expect(await ensureGenesis(layout, settings)).toEqual(first);
    expect(await readFile(layout.genesis, 'utf8')).toBe(before);
  });

  it('goes on where a first start was cut short', async () => {
    const first = await ensureGenesis(layout, settings);
    await rm(layout.genesis);
    await rm(keyFileOf(3, 'policy'));
    const second = await ensureGenesis(layout, settings);
    expect(second.organisations[0]).toEqual(first.organisations[0]);
    expect(second.nodeIds).toEqual(first.nodeIds);
  });

  describe('a validator without its record of what it signed', () => {
    const stateOf = (i: number) => join(layout.validator(i).home, 'data', 'priv_validator_state.json');

    it('begins with an empty one when its chain begins', async () => {
      await ensureGenesis(layout, settings);
      expect(JSON.parse(await readFile(stateOf(1), 'utf8'))).toEqual({height: '0', round: 0, step: 0});
      await rm(stateOf(1));
      await rm(layout.genesis);
      await ensureGenesis(layout, settings);
      expect(JSON.parse(await readFile(stateOf(1), 'utf8'))).toEqual({height: '0', round: 0, step: 0});
    });

    it('stops on a chain that has begun, and says what to do', async () => {
      await ensureGenesis(layout, settings);
      await rm(stateOf(1));
      await expect(ensureGenesis(layout, settings)).rejects.toThrow(/nothing says what .* SIGNED_UP_TO=HEIGHT/);
      await expect(readFile(stateOf(1))).rejects.toThrow('ENOENT');
    });

    it('signs nothing up to the height that it is told, in no round', async () => {
      await ensureGenesis(layout, settings);
      const before = await readFile(stateOf(0), 'utf8');
      await rm(stateOf(1));
      await ensureGenesis(layout, settings, {height: 1_234n, insist: false});
      expect(JSON.parse(await readFile(stateOf(1), 'utf8'))).toEqual({height: '1234', round: 2_147_483_647, step: 3});
      expect(await readFile(stateOf(0), 'utf8')).toBe(before);
    });

    it('is told no height that another one of this disk has signed at, unless who says it insists', async () => {
      await ensureGenesis(layout, settings);
      await rm(stateOf(1));
      const record = (height: string) => writeFile(stateOf(0), JSON.stringify({height, round: 0, step: 3}));
      const told = (height: bigint, insist = false) => ensureGenesis(layout, settings, {height, insist});
      await record('127');
      await expect(ensureGenesis(layout, settings)).rejects.toThrow('128 here');
      for (const height of [0n, 5n, 127n])
        await expect(told(height)).rejects.toThrow(/has signed at height 127.*SIGNED_UP_TO=128/);
      await expect(readFile(stateOf(1))).rejects.toThrow('ENOENT');
      await told(128n);
      await rm(stateOf(1));
      await told(5n, true);
      expect(JSON.parse(await readFile(stateOf(1), 'utf8'))).toMatchObject({height: '5'});
      await rm(stateOf(1));
      await writeFile(stateOf(0), '{');
      await expect(told(5_000n)).rejects.toThrow(/damaged/);
      await record('0');
      await told(0n);
    });
  });

  it.each([
    ...ROLES.map((role) => () => keyFileOf(2, role)),
    ...['priv_validator_key.json', 'node_key.json'].map((name) => () => join(layout.validator(1).home, 'config', name)),
  ])('names a key that the genesis was made with and that is gone', async (file) => {
    await ensureGenesis(layout, settings);
    await rm(file());
    await expect(ensureGenesis(layout, settings)).rejects.toThrow(file());
  });
});
