import {PEOPLE, revokeGrant, signDigest, TEST_CHAIN, TEST_PORTS, TestLedger} from '@vitalvault/ledger-state/testing';
import {cachedVerify} from './cached-verify.js';
import {CheckedTxs} from './checked-txs.js';
import {TwoGenerations} from './two-generations.js';

const {patient} = PEOPLE;

test('a signature is verified once, good or bad; the answer is that of the verifier', () => {
  let calls = 0;
  const verify = cachedVerify((...args) => {
    calls++;
    return TEST_PORTS.verify(...args);
  }, 100);
  const digest = new Uint8Array(32).fill(3);
  const good = signDigest(patient, digest);
  const bad = good.with(9, (good[9] ?? 0) ^ 1);
  for (let i = 0; i < 3; i++)
    expect([verify(patient.key.publicKey, digest, good), verify(patient.key.publicKey, digest, bad)]).toEqual([
      true,
      false,
    ]);
  expect(calls).toBe(2);
  expect(verify(patient.key.publicKey, digest.with(0, 9), good)).toBe(false);
  expect(calls).toBe(3);
  // Of lengths that run together into the same bytes nothing is remembered.
  expect(verify(Uint8Array.of(...patient.key.publicKey, digest[0] ?? 0), digest.slice(1), good)).toBe(false);
  expect(calls).toBe(3);
});

test('what is remembered is bounded, and what was asked for lately stays', () => {
  const map = new TwoGenerations<number>(10);
  for (let i = 0; i < 1_000; i++) {
    map.set(`key ${i}`, i);
    expect(map.size).toBeLessThanOrEqual(20);
  }
  expect(map.get('key 999')).toBe(999);
  expect(map.get('key 985')).toBe(985);
  expect(map.get('key 900')).toBeUndefined();
  map.set('heavy', 1, 11);
  expect(map.get('heavy')).toBeUndefined();
});

test('a transaction is decoded once; a refusal is remembered by its code', () => {
  let calls = 0;
  const txs = new CheckedTxs(TEST_CHAIN, (...args) => {
    calls++;
    return TEST_PORTS.verify(...args);
  });
  const tx = new TestLedger().tx(revokeGrant(patient.id), [patient]);
  expect(txs.check(tx)).toBe(txs.check(tx.slice()));
  expect(txs.verdict(tx)).toMatchObject({code: 0, rights: true});
  const forged = tx.with(tx.length - 1, (tx.at(-1) ?? 0) ^ 1);
  expect([txs.check(forged), txs.check(forged)]).toEqual([
    {ok: false, code: 8},
    {ok: false, code: 8},
  ]);
  expect(txs.verdict(Uint8Array.of(1)).code).toBe(2);
  expect(calls).toBe(2);
});
