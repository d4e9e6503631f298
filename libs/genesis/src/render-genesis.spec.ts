import {describe, expect, it} from '@jest/globals';
import {decodeCanonical, fromHex, ORG_ROLE, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {organisationOfValidator} from './organisation-keys.js';
import {renderGenesis} from './render-genesis.js';
import type {Organisation} from './organisation-keys.js';

const bytes = (n: number, value: number) => new Uint8Array(n).fill(value);
const organisation = (id: string, name: string, value: number): Organisation => ({
  id,
  name,
  keys: [
    {role: 'admin', alg: 1, publicKey: bytes(33, value)},
    {role: 'release', alg: 16, publicKey: bytes(32, value)},
  ],
});
const [north, east] = [organisation('ff'.repeat(20), 'North', 1), organisation('0a'.repeat(20), 'East', 2)];
const input = {
  chainId: 'vitalvault-abcdef',
  genesisTime: '2026-01-01T00:00:00.000Z',
  organisations: [north, east],
  validators: [
    {organisation: north.id, publicKey: bytes(32, 7)},
    {organisation: east.id, publicKey: bytes(32, 8)},
    {organisation: north.id, publicKey: bytes(32, 9)},
  ],
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
    expect(organisations[1]?.validators.map((v) => v.publicKey[0])).toEqual([7, 9]);
    expect(organisations[1]?.keys.map((k) => [k.role, k.key?.alg, k.key?.publicKey[0]])).toEqual([
      [ORG_ROLE.admin, 1, 1],
      [ORG_ROLE.release, 16, 1],
    ]);
    expect(organisations[0]?.id).toEqual(fromHex(east.id));
  });

  it('gives every validator the same power', () => {
    expect(appState().organisations.flatMap((o) => o.validators.map((v) => v.power))).toEqual([10n, 10n, 10n]);
  });

  it('carries the numbers of the protocol', () => {
    expect(appState().parameters).toMatchObject({
      rights: {burst: 64, refill: 1, seconds: 3_600},
      accessRequests: {burst: 512, refill: 1, seconds: 10},
      deviceEntries: {burst: 100_000, refill: 1, seconds: 10},
      ownerEntries: {burst: 100_000, refill: 1, seconds: 10},
      organisationEntries: {burst: 500_000, refill: 64, seconds: 1},
      enrolments: {burst: 1_024, refill: 1, seconds: 60},
      refusals: {burst: 8, refill: 1, seconds: 21_600},
      requests: {burst: 256, refill: 1, seconds: 600},
      organisationRefusals: {burst: 32, refill: 1, seconds: 10_800},
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
