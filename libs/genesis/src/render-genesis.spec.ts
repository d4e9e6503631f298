import {describe, expect, it} from '@jest/globals';
import {decodeCanonical, fromHex, ORG_ROLE, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {generateEd25519} from './node-keys.js';
import {newRoleKeyJson, organisationOf, organisationOfValidator, parseRoleKey, ROLES} from './organisation-keys.js';
import {renderGenesis} from './render-genesis.js';
import type {Organisation, OrganisationKey} from './organisation-keys.js';

const organisation = (name: string): Organisation =>
  organisationOf(
    name,
    ROLES.map((role) => parseRoleKey(role, newRoleKeyJson(role)) as OrganisationKey),
  );
const [low, high] = [organisation('Hospital'), organisation('Hospital')].toSorted((a, b) => (a.id < b.id ? -1 : 1)) as [
  Organisation,
  Organisation,
];
const [north, east] = [
  {...high, name: 'North'},
  {...low, name: 'East'},
];
const validator = (owner: Organisation, n: number) => ({
  organisation: owner.id,
  publicKey: generateEd25519(new Uint8Array(32).fill(n)).publicKey,
  nodeId: toHex(new Uint8Array(20).fill(n)),
});
const input = {
  chainId: 'vitalvault-abcdef',
  genesisTime: '2026-01-01T00:00:00.000Z',
  organisations: [north, east],
  validators: [validator(north, 7), validator(east, 8), validator(north, 9)],
};

interface Document {
  app_state: string;
  validators?: unknown;
  consensus_params: {block: unknown; evidence: unknown; abci: unknown};
}

const parsed = () => JSON.parse(renderGenesis(input)) as Document;
const appState = () => decodeCanonical(GenesisSchema, Buffer.from(parsed().app_state, 'base64'));

describe('renderGenesis', () => {
  it('gives the same bytes for the same input, in whatever order the organisations come', () => {
    expect(renderGenesis({...input, organisations: [east, north]})).toBe(renderGenesis(input));
  });

  it('leaves the validator set to InitChain and bounds the block by the one limit', () => {
    expect(parsed().validators).toBeUndefined();
    expect(parsed().consensus_params.block).toEqual({max_bytes: '37748736', max_gas: '-1'});
    expect(parsed().consensus_params.evidence).toMatchObject({max_bytes: '1048576'});
  });

  it('holds canonical bytes with the organisations ascending by id, each with its keys and its validators', () => {
    const {organisations} = appState();
    expect(organisations.map((o) => toHex(o.id))).toEqual([east.id, north.id]);
    expect(organisations[1]?.validators.map((v) => v.nodeId[0])).toEqual([7, 9]);
    expect(organisations[1]?.keys.map((k) => [k.role, k.key?.alg])).toEqual(
      ROLES.map((role) => [ORG_ROLE[role], role === 'release' ? 16 : 1]),
    );
    expect(organisations[0]?.id).toEqual(fromHex(east.id));
  });

  it('gives every validator the same power', () => {
    expect(appState().organisations.flatMap((o) => o.validators.map((v) => v.power))).toEqual([10n, 10n, 10n]);
  });

  it('says that one can stop the chain where an organisation has a third of the validators, and only there', () => {
    const names = ['north', 'east', 'south', 'west'];
    const four = names.map((name) => [north, east].find((one) => one.name === name) ?? organisation(name));
    const of = (...counts: number[]) => {
      let i = 0;
      const validators = counts.flatMap((count, at) =>
        Array.from({length: count}, () => validator(four[at] ?? north, ++i)),
      );
      const {app_state: state} = JSON.parse(renderGenesis({...input, organisations: four, validators})) as Document;
      return decodeCanonical(GenesisSchema, Buffer.from(state, 'base64')).oneCanStop;
    };
    expect([of(1), of(1, 1, 1, 1), of(2, 2, 2, 2), of(2, 2, 2, 1)]).toEqual([false, false, false, false]);
    expect([of(2), of(4), of(1, 1), of(1, 1, 1), of(2, 2), of(2, 1, 1, 1), of(2, 2, 1, 1)]).toEqual(
      Array.from({length: 7}, () => true),
    );
  });

  it('makes none that the ledger would not start from', () => {
    expect(() => renderGenesis({...input, chainId: 'vital vault'})).toThrow('genesis refused: chain_id');
    const [one] = input.validators;
    expect(() => renderGenesis({...input, validators: one === undefined ? [] : [one, one]})).toThrow('twice');
  });

  it('carries the numbers of the protocol', () => {
    expect(appState().parameters).toMatchObject({
      rights: {burst: 64, refill: 1, seconds: 3_600},
      accessRequests: {burst: 512, refill: 1, seconds: 10},
      deviceEntries: {burst: 100_000, refill: 1, seconds: 10},
      ownerEntries: {burst: 100_000, refill: 1, seconds: 10},
      organisationEntries: {burst: 500_000, refill: 64, seconds: 1},
      enrolments: {burst: 1_024, refill: 1, seconds: 60},
      refusals: {burst: 32, refill: 1, seconds: 21_600},
      requests: {burst: 256, refill: 1, seconds: 600},
      organisationRefusals: {burst: 128, refill: 1, seconds: 10_800},
      organisationRequests: {burst: 1_024, refill: 1, seconds: 300},
      suspensions: {burst: 1_024, refill: 1, seconds: 60},
      maxBlockBytes: 4194304,
      releaseBlocks: 1200,
      releaseSeconds: 3600,
      maxExpiryBlocks: 200000n,
      maxExpirySeconds: 86400n,
    });
  });
});

describe('organisationOfValidator', () => {
  it.each([
    [1, [0]],
    [3, [0, 1, 2]],
    [4, [0, 1, 2, 3]],
    [7, [0, 1, 2, 3, 0, 1, 2]],
  ])('spreads %i validators over the organisations', (n, owners) => {
    expect(Array.from({length: n}, (_, i) => organisationOfValidator(i, n, 4))).toEqual(owners);
  });
});
