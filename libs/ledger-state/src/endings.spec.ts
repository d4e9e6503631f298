import {CODE, decodeCanonical, NO_TERMS} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {load, SLOTS} from './state-slots.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  registerDevice,
  registerMember,
  revokeGrant,
  tag,
  TEST_SLOT,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const nurse = testKey('nurse');
const few = {burst: 12, refill: 1, seconds: 1_000_000};
const GRANTS = [1, 2, 3, 4];
const TYPES = [1, 2, 3, 4];

const publish = (...epochStatements: ReturnType<typeof epochStatement>[]): TxMessage => ({
  case: 'publishKeys',
  value: {identity: patient.id, epochStatements},
});
const remove = (fields: {registration?: number; distrustFromSlot?: number} = {}): TxMessage => ({
  case: 'removeDevice',
  value: {owner: patient.id, device: device.id, registration: 1, ...fields},
});
const suspend = (member: typeof nurse): TxMessage => ({
  case: 'suspendMember',
  value: {organisation: hospital.id, member: member.id},
});
/** Her own tokens: what she may do no more. */
const exhaust = (ledger: TestLedger): void => {
  let code = 0;
  while (code === 0) code = ledger.run(revokeGrant(patient.id, tag(1)), [patient]).code;
  expect(code).toBe(CODE.quota);
};

/** A patient who granted, registered and published, and has not a token left. */
function begun(): TestLedger {
  const ledger = new TestLedger(
    testGenesis(['hospital', 'clinic'], {...DEFAULT_PARAMETERS, rights: few, suspensions: {...few, burst: 3}}),
  );
  const codes = [
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]),
    ledger.run(registerMember(hospital, nurse), [hospital.sponsor, nurse]),
    ledger.run(publish(...TYPES.map((byte) => epochStatement(patient, {typeTag: tag(byte)}))), [patient]),
    ledger.run(registerDevice(patient, device), [patient, device]),
    ...GRANTS.map((byte) => ledger.run(putGrant(patient.id, clinician.id, {grantId: tag(byte)}), [patient])),
    // Its token comes back, and then all of them go.
    ledger.run(revokeGrant(patient.id, tag(1)), [patient]),
  ].map(({code}) => code);
  expect(new Set(codes)).toEqual(new Set([0]));
  exhaust(ledger);
  return ledger;
}

/** The next epoch of a type, from this slot on. */
const rotate = (byte: number, epoch = 2) =>
  epochStatement(patient, {typeTag: tag(byte), epoch, fromSlot: TEST_SLOT + epoch});

describe('with all tokens gone, in the next block', () => {
  test('every grant that stands is revoked, with new epochs for its types', () => {
    const ledger = begun();
    const txs = [2, 3, 4].map((byte) => {
      const terms = {patient: patient.id, grantId: tag(byte), version: 2, ...NO_TERMS};
      return ledger.tx({case: 'putGrant', value: {...terms, epochStatements: [rotate(byte)]}}, [patient]);
    });
    const {results} = ledger.commit(txs);
    expect(results.map(({code}) => code)).toEqual([0, 0, 0]);
    const statements = results.map(({data}) => decodeCanonical(StatementResultsSchema, data).codes);
    expect(statements).toEqual([[0], [0], [0]]);
    for (const byte of [2, 3, 4]) expect(load(ledger.state, SLOTS.grant, [patient.id, tag(byte)])?.revoked).toBe(true);
  });

  test('the epochs that one message did not hold come in one of their own: the grant gives its token back', () => {
    const ledger = begun();
    expect(ledger.run(publish(rotate(1)), [patient]).code).toBe(CODE.quota);
    const both = [revokeGrant(patient.id, tag(2)), publish(rotate(1), rotate(2))];
    const {results} = ledger.commit(both.map((message) => ledger.tx(message, [patient])));
    expect(results.map(({code}) => code)).toEqual([0, 0]);
    expect(ledger.run(publish(rotate(3)), [patient]).code).toBe(CODE.quota);
  });

  test('a device is removed; distrusting more of it, or removing it again, costs a token', () => {
    const ledger = begun();
    expect(ledger.run(remove({distrustFromSlot: 2 ** 32 - 1}), [patient]).code).toBe(CODE.quota);
    expect(ledger.run(remove({registration: 2}), [patient]).code).toBe(CODE.quota);
    expect(ledger.run(remove(), [patient]).code).toBe(0);
    expect(ledger.run(remove({distrustFromSlot: 5}), [patient]).code).toBe(CODE.quota);
    expect(ledger.run(remove(), [patient]).code).toBe(CODE.quota);
  });

  test('a member is suspended, however often another one was suspended before', () => {
    const ledger = begun();
    const again = Array.from({length: 5}, () => ledger.run(suspend(nurse), [hospital.sponsor]).code);
    expect(again).toEqual([0, 0, 0, 0, CODE.quota]);
    expect(ledger.run(suspend(clinician), [hospital.sponsor]).code).toBe(0);
    expect(load(ledger.state, SLOTS.member, [clinician.id])?.suspended).toBe(true);
    expect(ledger.run(suspend(patient), [hospital.sponsor]).code).toBe(CODE.quota);
  });
});

test('a grant that was begun and ended costs nothing, and no more tokens come of it than there were', () => {
  const ledger = begun();
  const tokens = (): bigint | undefined => load(ledger.state, SLOTS.bucket, [Uint8Array.of(1), patient.id])?.tokens;
  expect(tokens()).toBe(0n);
  for (const byte of [2, 3]) ledger.run(revokeGrant(patient.id, tag(byte)), [patient]);
  expect(tokens()).toBe(2n);
  // Revoked already, or never granted: neither gives one.
  for (const byte of [2, 77]) expect(ledger.run(revokeGrant(patient.id, tag(byte)), [patient]).code).toBe(0);
  expect(tokens()).toBe(0n);
  const begins = ledger.run(putGrant(patient.id, clinician.id, {grantId: tag(50)}), [patient]).code;
  expect(begins).toBe(CODE.quota);
});

test('nobody ends what is not hers for nothing: it costs her own token', () => {
  const ledger = begun();
  const other = testKey('other');
  ledger.run(enrolPatient(other, testKey('other recovery')), [hospital.sponsor, other, testKey('other recovery')]);
  const theirs = [revokeGrant(patient.id, tag(2)), remove()].map((message) => ledger.run(message, [other]).code);
  expect(theirs).toEqual([CODE.notAuthorised, CODE.notAuthorised]);
  expect(load(ledger.state, SLOTS.bucket, [Uint8Array.of(1), other.id])?.tokens).toBe(10n);
});
