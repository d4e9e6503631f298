import {CODE, decodeCanonical} from '@vitalvault/contracts';
import {StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {sizeOf} from './overlay.js';
import {load, SLOTS} from './state-slots.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  putGrant,
  registerMember,
  replaceKey,
  revokeGrant,
  tag,
  TEST_SLOT,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
  withParameters,
  withPart,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';

const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const [anna, nora, next, later] = ['anna', 'nora', 'next', 'later'].map((name) => testKey(name)) as [
  TestKey,
  TestKey,
  TestKey,
  TestKey,
];
const recoveryOf = (name: string): TestKey => testKey(`${name} recovery`);
const holdings = {tags: 4, epochs: 4, liveGrants: 3, grants: 3, registrations: 2, liveDevices: 1, rights: 128};
const more = {tags: 1, epochs: 2, liveGrants: 1, grants: 1, registrations: 1, liveDevices: 1, rights: 64};

/** @param part set afterwards: less than any genesis may give */
function begun(parameters: object = {}, part: {keys?: bigint; leaves?: bigint} = {}): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic'], {...DEFAULT_PARAMETERS, ...parameters}));
  const codes = [
    enrol(ledger, hospital, 'anna'),
    enrol(ledger, clinic, 'nora'),
    ledger.run(registerMember(hospital, testKey('doctor')), [hospital.sponsor, testKey('doctor')]).code,
  ];
  expect(codes).toEqual([0, 0, 0]);
  withPart(ledger.state, part);
  return ledger;
}

const enrol = (ledger: TestLedger, by: typeof hospital, name: string): number =>
  ledger.run(enrolPatient(testKey(name), recoveryOf(name)), [by.sponsor, testKey(name), recoveryOf(name)]).code;
const sizes = ({state}: TestLedger) => sizeOf(state);
const keysOf = (ledger: TestLedger, {id}: typeof hospital): bigint =>
  sizes(ledger).organisations.find(({organisation}) => organisation.join() === id.join())?.keys ?? -1n;

test('what somebody adds is counted for the organisation that let her in, and genesis for nobody', () => {
  const fresh = new TestLedger(testGenesis(['hospital', 'clinic']));
  expect([keysOf(fresh, hospital), keysOf(fresh, clinic)]).toEqual([0n, 0n]);
  const before = sizes(fresh).keys;
  enrol(fresh, hospital, 'anna');
  // Room for her first right is hers from now on, and for four successions, two keys each, and their bucket.
  expect(keysOf(fresh, hospital)).toBe(sizes(fresh).keys - before + 14n);
  fresh.run(putGrant(anna.id, hospital.id), [anna]);
  const all = keysOf(fresh, hospital);
  expect(all).toBe(sizes(fresh).keys - before + 9n);
  enrol(fresh, clinic, 'nora');
  expect([keysOf(fresh, hospital), keysOf(fresh, clinic)]).toEqual([all, sizes(fresh).keys - before + 23n - all]);
  expect(sizes(fresh).promised).toBe(23n);
  expect(sizes(fresh)).toMatchObject(fresh.state.count());
  expect(sizes(fresh).organisations.reduce((sum, {leaves}) => sum + leaves, 0n)).toBe(sizes(fresh).leaves);
});

test('one organisation fills its own part, and nothing of another; the other goes on to the end of its own', () => {
  const ledger = begun({}, {keys: 120n});
  const fill = (by: typeof hospital, name: string): number => {
    let patients = 0;
    while (enrol(ledger, by, `${name} ${String(patients)}`) === 0) patients++;
    return patients;
  };
  fill(hospital, 'of the hospital');
  let byte = 1;
  while (ledger.run(putGrant(anna.id, hospital.id, {grantId: tag(byte)}), [anna]).code === 0) byte++;
  expect(keysOf(ledger, hospital)).toBe(120n);
  // 84 are bulk of the clinic, with Nora and the sponsor's nonces and bucket; each more is 19.
  expect(fill(clinic, 'of the clinic')).toBe(Number((84n - keysOf(begun(), clinic)) / 19n));
  expect(ledger.run(putGrant(nora.id, hospital.id, {grantId: tag(1)}), [nora]).code).toBe(0);
  expect(sizes(ledger).keys).toBeLessThanOrEqual(load(ledger.state, SLOTS.parameters, [])?.maxKeys ?? 0n);
});

describe('a full ledger', () => {
  test('takes a succession, and what the new key then ends', () => {
    const ledger = begun();
    expect(ledger.run(putGrant(anna.id, hospital.id, {grantId: tag(1)}), [anna]).code).toBe(0);
    withParameters(ledger.state, {maxKeys: 1n, maxLeaves: 1n});
    const {keys} = sizes(ledger);
    expect(ledger.run(replaceKey(anna, next, recoveryOf('anna')), [anna, next]).code).toBe(0);
    // Owner of the key, the succession, its bucket; the old key's nonces and tokens are gone.
    expect(sizes(ledger).keys - keys).toBeLessThanOrEqual(2n);
    expect(ledger.run(revokeGrant(anna.id, tag(1)), [next]).code).toBe(0);
    expect(sizes(ledger)).toMatchObject(ledger.state.count());
  });

  test('has room for four of each patient; later ones ask for it', () => {
    const ledger = begun({successions: {burst: 64, refill: 1, seconds: 1}});
    expect(ledger.run(putGrant(anna.id, hospital.id, {grantId: tag(1)}), [anna]).code).toBe(0);
    const {keys, promised} = sizes(ledger);
    withParameters(ledger.state, {maxKeys: 1n, maxLeaves: 1n});
    const chain = [anna, ...[1, 2, 3, 4, 5].map((n) => testKey(`key ${String(n)}`))];
    const codes = chain.slice(1).map((key, i) => {
      const before = chain[i] as TestKey;
      return ledger.run(replaceKey(anna, key, recoveryOf('anna'), i + 1), [before, key]).code;
    });
    expect(codes).toEqual([0, 0, 0, 0, CODE.stateFull]);
    expect(sizes(ledger).keys + sizes(ledger).promised).toBeLessThanOrEqual(keys + promised);
    expect(sizes(ledger).promised).toBe(14n);
  });

  test('takes no more of them than a patient may have, and keeps no nonces of a key that is retired', () => {
    const ledger = begun({maxSuccessions: 1});
    expect(ledger.run(replaceKey(anna, next, recoveryOf('anna')), [anna, next]).code).toBe(0);
    expect(load(ledger.state, SLOTS.nonceWindow, [anna.id])).toBeUndefined();
    expect(ledger.run(replaceKey(anna, later, recoveryOf('anna'), 2), [next, later]).code).toBe(CODE.ceiling);
    const publish = (key: TestKey) =>
      ({case: 'publishKeys', value: {identity: doctor.id, newSigningKey: key.key}}) as const;
    const [doctor, second, third] = [testKey('doctor'), testKey('second'), testKey('third')];
    expect(ledger.run(publish(second), [doctor, second]).code).toBe(0);
    expect(load(ledger.state, SLOTS.nonceWindow, [doctor.id])).toBeUndefined();
    expect(load(ledger.state, SLOTS.member, [doctor.id])?.successions).toBe(1);
    expect(ledger.run(publish(third), [second, third]).code).toBe(CODE.ceiling);
  });
});

test('each succession opens a part of the ceilings, for her who has the key then', () => {
  const ledger = begun({holdings, holdingsPerSuccession: more});
  const grant = (byte: number, key: TestKey): number =>
    ledger.run(putGrant(anna.id, hospital.id, {grantId: tag(byte)}), [key]).code;
  const epoch = (n: number, key: TestKey): number => {
    const signed = epochStatement(anna, {typeTag: tag(1), epoch: n, fromSlot: TEST_SLOT + n}, key);
    const message = {case: 'publishKeys', value: {identity: anna.id, epochStatements: [signed]}} as const;
    return decodeCanonical(StatementResultsSchema, ledger.run(message, [key]).data).codes[0] ?? -1;
  };
  // A thief takes all there is.
  expect([1, 2, 3, 4].map((byte) => grant(byte, anna))).toEqual([0, 0, 0, CODE.ceiling]);
  expect([1, 2, 3, 4, 5].map((n) => epoch(n, anna))).toEqual([0, 0, 0, 0, CODE.ceiling]);
  expect(ledger.run(replaceKey(anna, next, recoveryOf('anna')), [anna, next]).code).toBe(0);
  // What stands is hers to end, and what that takes is there again.
  expect([1, 2].map((byte) => ledger.run(revokeGrant(anna.id, tag(byte)), [next]).code)).toEqual([0, 0]);
  expect([grant(5, next), grant(6, next)]).toEqual([0, CODE.ceiling]);
  expect([5, 6, 7].map((n) => epoch(n, next))).toEqual([0, 0, CODE.ceiling]);
  expect(ledger.run(replaceKey(anna, later, recoveryOf('anna'), 2), [next, later]).code).toBe(0);
  expect([epoch(7, later), grant(6, later)]).toEqual([0, 0]);
});
