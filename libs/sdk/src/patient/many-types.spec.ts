import {expect, it} from '@jest/globals';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
import type {PatientKeys} from './patient-keys.js';
import {newestEpoch} from './epochs.js';
import {publishedTypes} from './patient-keys.js';
import {Patient} from './patient.js';

/** Of more types than one transaction can begin epochs of. */
async function ofManyTypes(): Promise<People & {names: string[]}> {
  const all = await people();
  const names = Array.from({length: 99}, (_, i) => `omh:type-${i}`);
  await all.patient.publishEpochs(names, all.slot - 10);
  return {...all, names: publishedTypes(all.keys)};
}

const epochsOf = (keys: PatientKeys, names: string[]): number[] => [
  ...new Set(names.map((name) => newestEpoch(keys, name)?.epoch ?? 0)),
];

it('revokes a grant for all of more than 64 types, with a new epoch of each', async () => {
  const {grants, keys, names, terms} = await ofManyTypes();
  expect(names).toHaveLength(100);
  const {grantId} = await grants.put({...terms, types: 'all'});
  const kept = await grants.put({...terms, types: 'all', dataToSlot: terms.dataToSlot + 1_000});
  const told: number[][] = [];
  const {outcomes, rewrapped} = await grants.revoke(grantId, {onProgress: (begun, of) => told.push([begun, of])});
  expect(outcomes.map(({code}) => code)).toEqual(names.map(() => 0));
  expect(told).toEqual([
    [64, 100],
    [100, 100],
  ]);
  expect([epochsOf(keys, names), rewrapped]).toEqual([[2], [kept.grantId]]);
});

it('replaces her key with a new epoch of each, also when it ends between two transactions', async () => {
  const all = await ofManyTypes();
  const {names, platform} = all;
  let file = structuredClone(all.keys);
  const nonces = new MemoryNonceStore(100n);
  const patient = (): Patient =>
    new Patient(
      new PatientContext({
        keys: structuredClone(file),
        ledger: all.ledger,
        nonces,
        save: (keys) => {
          file = structuredClone(keys);
          return Promise.resolve();
        },
      }),
    );
  let sent = 0;
  platform.tamper = (path, answer) => {
    if (path === '/v1/transactions' && ++sent === 2) throw new Error('killed');
    return answer;
  };
  await expect(patient().replaceSigningKey()).rejects.toThrow('killed');
  expect([file.replacement === undefined, file.epochsDue.length]).toEqual([false, 36]);
  await patient().replaceSigningKey();
  expect([file.replacement, file.epochsDue, epochsOf(file, names)]).toEqual([undefined, [], [2]]);
  const by = new Set(names.map((name) => newestEpoch(file, name)?.by));
  expect([...by]).toEqual([file.signing.publicKey]);
});
