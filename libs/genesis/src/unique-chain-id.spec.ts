import {expect, it} from '@jest/globals';
import {isChainOf, uniqueChainId} from './unique-chain-id.js';

const origin = {
  name: 'vitalvault',
  genesisTime: '2026-01-01T00:00:00.000Z',
  organisations: [
    {id: '0a'.repeat(20), name: 'North', keys: []},
    {id: '0b'.repeat(20), name: 'East', keys: []},
  ],
  validators: [{organisation: '0a'.repeat(20), publicKey: new Uint8Array(32).fill(1), nodeId: '01'.repeat(20)}],
};

it('is the same for the same consortium, in whatever order it is told', () => {
  const id = uniqueChainId(origin);
  expect(id).toMatch(/^vitalvault-[0-9a-f]{8}$/);
  expect(uniqueChainId({...origin, organisations: origin.organisations.toReversed()})).toBe(id);
});

it.each([
  ['another time', {genesisTime: '2026-01-01T00:00:00.001Z'}],
  ['another hospital', {organisations: origin.organisations.slice(0, 1)}],
  ['another validator', {validators: [{...origin.validators[0], publicKey: new Uint8Array(32).fill(2)} as never]}],
  ['another node', {validators: [{...origin.validators[0], nodeId: '02'.repeat(20)} as never]}],
])('is another with %s, though the name is the same', (_what, change) => {
  expect(uniqueChainId({...origin, ...change})).not.toBe(uniqueChainId(origin));
});

it('is known by its name', () => {
  expect(isChainOf('vitalvault', uniqueChainId(origin))).toBe(true);
  expect(isChainOf('vitalvault', 'vitalvault')).toBe(true);
  for (const id of ['vitalvault-test', 'vitalvault-0123456', 'vitalvault-0123456g', 'vitalvault0-01234567', 'other'])
    expect(isChainOf('vitalvault', id)).toBe(false);
});
