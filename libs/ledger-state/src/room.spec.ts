import {CODE, decodeCanonical, NO_TERMS} from '@vitalvault/contracts';
import {AnchorResultsSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {sizeOf} from './overlay.js';
import {load, SLOTS} from './state-slots.js';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  tag,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
  withPart,
} from '../testing/index.js';

const {patient, recovery, clinician, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const people = {patient, device, custodian: hospital};

/** A story of each kind of transaction, in one organisation; `part` is what it may have afterwards. */
function begun(part: {keys?: bigint; leaves?: bigint} = {}, parameters: object = {}): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital'], {...DEFAULT_PARAMETERS, ...parameters}));
  const epochStatements = [epochStatement(patient)];
  const codes = [
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.run(registerMember(hospital, clinician), [hospital.admin, clinician]),
    ledger.run(registerDevice(patient, device), [patient, device]),
    ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements}}, [patient]),
    ledger.run(putGrant(patient.id, clinician.id), [patient]),
    ledger.run(requestAccess(patient.id), [clinician]),
    ledger.run(anchorRecords([recordEntry(people)]), [hospital.storage]),
  ].map(({code}) => code);
  expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0]);
  withPart(ledger.state, part);
  return ledger;
}
/** With those that are promised. */
const keysOf = (ledger: TestLedger): bigint => sizeOf(ledger.state).organisations[0]?.keys ?? -1n;
const leavesOf = (ledger: TestLedger): bigint => sizeOf(ledger.state).organisations[0]?.leaves ?? -1n;
/** The least part of which a share holds so many. */
const partFor = (most: bigint, tenths: bigint): bigint => (most * 10n + tenths - 1n) / tenths;

function anchored(ledger: TestLedger, sequence: bigint): number {
  const {code, data} = ledger.run(anchorRecords([recordEntry(people, {sequence})]), [hospital.storage]);
  expect(code).toBe(0);
  return decodeCanonical(AnchorResultsSchema, data).results[0]?.code ?? -1;
}
const grant = (ledger: TestLedger, byte: number, by = patient, key = by): number =>
  ledger.run(putGrant(by.id, clinician.id, {grantId: tag(byte)}), [key]).code;
const enrol = (ledger: TestLedger, name: string): number =>
  ledger.run(enrolPatient(testKey(name), testKey(`${name} recovery`)), [
    hospital.sponsor,
    testKey(name),
    testKey(`${name} recovery`),
  ]).code;
const ask = (ledger: TestLedger, about = patient): number => ledger.run(requestAccess(about.id), [clinician]).code;

test('the state knows how many keys and leaves it has, from genesis on, and an idle block changes nothing', () => {
  const fresh = new TestLedger(testGenesis(['hospital', 'clinic']));
  const {keys, unpaid} = sizeOf(fresh.state);
  expect(sizeOf(fresh.state)).toMatchObject(fresh.state.count());
  // Two validators, each with what it may have written about itself.
  expect(unpaid).toBe(keys + 2n * 1_001n);
  const ledger = begun();
  expect(ledger.run(revokeGrant(patient.id), [patient]).code).toBe(0);
  expect(ledger.run(revokeGrant(patient.id), [clinician]).code).toBe(CODE.notAuthorised);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
  const {appHash} = ledger;
  ledger.commit([]);
  expect(ledger.appHash).toEqual(appHash);
});

test('keys: what comes in masses has seven tenths, questions nine, rights all; what stands is revoked even then', () => {
  // All that bulk may have is there.
  const part = partFor(keysOf(begun()), 7n);
  const ledger = begun({keys: part});
  const nurse = testKey('nurse');
  expect(enrol(ledger, 'x')).toBe(CODE.stateFull);
  expect(ledger.run(registerMember(hospital, nurse), [hospital.admin, nurse]).code).toBe(CODE.stateFull);
  expect(anchored(ledger, 2n)).toBe(0);
  // A question of hers about herself: the nonce window is there, her buckets are new.
  const before = keysOf(ledger);
  expect(ledger.run(requestAccess(patient.id, {grantId: tag(0)}), [patient]).code).toBe(0);
  expect(keysOf(ledger)).toBeGreaterThan(before);
  let byte = 10;
  while (keysOf(ledger) < (part * 9n) / 10n) expect(grant(ledger, byte++)).toBe(0);
  const {id} = clinician;
  const newKey = {case: 'publishKeys', value: {identity: id, newSigningKey: testKey('new').key}} as const;
  expect(ledger.run(newKey, [clinician, testKey('new')]).code).toBe(CODE.stateFull);
  while (grant(ledger, byte) === 0) byte++;
  expect(keysOf(ledger)).toBe(part);
  expect([grant(ledger, 99), ledger.run(revokeGrant(patient.id, tag(98)), [patient]).code]).toEqual([
    CODE.stateFull,
    CODE.stateFull,
  ]);
  // What adds no key goes on: records of devices that there are, reads, and above all rights.
  expect([anchored(ledger, 3n), ask(ledger)]).toEqual([0, 0]);
  const epochStatements = [epochStatement(patient, {typeTag: tag(7)})];
  const value = {patient: patient.id, grantId: tag(10), version: 2, ...NO_TERMS, epochStatements};
  const {code, data} = ledger.run({case: 'putGrant', value}, [patient]);
  expect([code, ...decodeCanonical(StatementResultsSchema, data).codes]).toEqual([0, CODE.stateFull]);
  expect(load(ledger.state, SLOTS.grant, [patient.id, tag(10)])?.revoked).toBe(true);
  expect(keysOf(ledger)).toBe(part);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});

test('leaves: records end before questions do, and both before rights; what ends a right has a leaf even then', () => {
  const leaves = leavesOf(begun());
  const part = partFor(leaves + 2n, 7n);
  const ledger = begun({leaves: part});
  const fitting = Number((part * 7n) / 10n - leaves);
  const codes = Array.from({length: fitting + 1}, (_, i) => anchored(ledger, BigInt(i + 2)));
  // An entry is refused alone, and may come again.
  expect(codes).toEqual([...Array<number>(fitting).fill(0), CODE.stateFull]);
  let questions = 0;
  while (ask(ledger) === 0) questions++;
  expect(questions).toBeGreaterThan(0);
  expect(leavesOf(ledger)).toBe((part * 9n) / 10n);
  let byte = 10;
  while (grant(ledger, byte) === 0) byte++;
  expect(leavesOf(ledger)).toBe(part);
  const suspend = {organisation: hospital.id, member: clinician.id};
  const ends = [
    ledger.run(revokeGrant(patient.id), [patient]),
    ledger.run({case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}}, [patient]),
    ledger.run({case: 'suspendMember', value: suspend}, [hospital.admin]),
  ].map(({code}) => code);
  expect(ends).toEqual([0, 0, 0]);
  // Once more ends nothing.
  expect(ledger.run(revokeGrant(patient.id), [patient]).code).toBe(CODE.stateFull);
  expect(leavesOf(ledger)).toBe(part + 2n);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});

test('what a patient adds beyond her base is bulk; a succession opens her base anew, whatever a thief has added', () => {
  const holdings = {...DEFAULT_PARAMETERS.holdings, rights: 20};
  const holdingsPerSuccession = {...DEFAULT_PARAMETERS.holdingsPerSuccession, rights: 4};
  const ledger = begun({}, {holdings, holdingsPerSuccession});
  // A thief of her key goes far beyond while there is room.
  for (let byte = 10; byte < 40; byte++) expect(grant(ledger, byte)).toBe(0);
  withPart(ledger.state, {keys: partFor(keysOf(ledger), 7n), leaves: 10_000n});
  expect(grant(ledger, 50)).toBe(CODE.stateFull);
  const next = testKey('next');
  expect(ledger.run(replaceKey(patient, next, recovery), [patient, next]).code).toBe(0);
  // Each is a key and a leaf of four.
  expect([50, 51, 52].map((byte) => grant(ledger, byte, patient, next))).toEqual([0, 0, CODE.stateFull]);
});

test('a ledger that is full to the last key and leaf has her first right and four successions of each patient', () => {
  const successions = {burst: 4, refill: 1, seconds: 86_400};
  const first = (name: string): ((ledger: TestLedger) => number)[] => {
    const [one, tracker] = [testKey(name), testKey(`${name} tracker`)];
    const epochStatements = [epochStatement(one, {typeTag: tag(1)})];
    return [
      (ledger) => grant(ledger, 1, one),
      (ledger) => ledger.run(registerDevice(one, tracker), [one, tracker]).code,
      (ledger) => ledger.run({case: 'publishKeys', value: {identity: one.id, epochStatements}}, [one]).code,
    ];
  };
  for (const right of first('fresh')) {
    const ledger = begun({}, {successions});
    expect(enrol(ledger, 'fresh')).toBe(0);
    const [keys, leaves] = [keysOf(ledger), leavesOf(ledger)];
    withPart(ledger.state, {keys, leaves});
    expect(grant(ledger, 50)).toBe(CODE.stateFull);
    expect(right(ledger)).toBe(0);
    // The second one is like any other.
    expect(grant(ledger, 2, testKey('fresh'))).toBe(CODE.stateFull);
    const chain = ['fresh', 'a', 'b', 'c', 'd', 'e'].map((name) => testKey(name));
    const codes = chain.slice(1).map((key, i) => {
      const message = replaceKey(testKey('fresh'), key, testKey('fresh recovery'), i + 1);
      return ledger.run(message, [chain[i] as typeof key, key]).code;
    });
    expect(codes).toEqual([0, 0, 0, 0, CODE.quota]);
    expect(keysOf(ledger)).toBeLessThanOrEqual(keys);
    expect(leavesOf(ledger)).toBe(leaves + 5n);
    expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
  }
});

test('a patient who never acted has four successions that add no more than was promised', () => {
  const ledger = begun();
  expect(enrol(ledger, 'fresh')).toBe(0);
  const [fresh, next] = [testKey('fresh'), testKey('next')];
  const keys = keysOf(ledger);
  expect(ledger.run(replaceKey(fresh, next, testKey('fresh recovery')), [fresh, next]).code).toBe(0);
  expect(keysOf(ledger)).toBe(keys);
});

test('a nonce is used up by what there is no room for, unless the nonce itself were a new key', () => {
  const ledger = begun({keys: partFor(keysOf(begun()), 7n)});
  const known = ledger.tx(enrolPatient(testKey('x'), testKey('y')), [hospital.sponsor, testKey('x'), testKey('y')]);
  expect(ledger.commit([known, known]).results.map(({code}) => code)).toEqual([CODE.stateFull, CODE.nonceUsed]);
  const nurse = testKey('nurse');
  const fresh = ledger.tx(registerMember(hospital, nurse), [hospital.policy, nurse]);
  expect(ledger.commit([fresh]).results.map(({code}) => code)).toEqual([CODE.notAuthorised]);
  while (grant(ledger, Number(keysOf(ledger))) === 0);
  const keys = keysOf(ledger);
  expect(ledger.run(requestAccess(patient.id, {grantId: tag(0)}), [patient]).code).toBe(CODE.stateFull);
  expect(keysOf(ledger)).toBe(keys);
});
