import {CODE, encodeCanonical, KEY_OWNER} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {KeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {incomplete} from '@vitalvault/contracts/testing';
import {numberPart} from '@vitalvault/proofs';
import {load, SLOTS} from './state-slots.js';
import {
  enrolPatient,
  epochStatement,
  keySuccession,
  PEOPLE,
  replaceKey,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const next = testKey('next');
const later = testKey('later');

type PublishKeys = Extract<TxMessage, {case: 'publishKeys'}>['value'];
const publish = (value: PublishKeys): TxMessage => ({case: 'publishKeys', value});
const withSuccession = (succession: NonNullable<PublishKeys['succession']>): TxMessage =>
  publish({identity: patient.id, newSigningKey: next.key, succession});

function enrolled(): TestLedger {
  const ledger = new TestLedger();
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  return ledger;
}

describe("a patient's new signing key", () => {
  test('is taken with a succession, which the state and her log keep; the old one is retired for good', () => {
    const ledger = enrolled();
    const message = replaceKey(patient, next, recovery);
    expect(ledger.run(message, [patient, next]).code).toBe(0);
    expect(load(ledger.state, SLOTS.patient, [patient.id])).toMatchObject({signingKey: next.key, successions: 1});
    expect(load(ledger.state, SLOTS.keyOwner, [patient.id])).toMatchObject({kind: KEY_OWNER.patient, retired: true});
    expect(load(ledger.state, SLOTS.keyOwner, [next.id])).toMatchObject({identity: patient.id, retired: false});
    expect(load(ledger.state, SLOTS.succession, [patient.id, numberPart(1)])).toMatchObject(
      keySuccession(patient, next, recovery),
    );
    expect(ledger.accessLog(patient.id).at(-1)?.event).toMatchObject({
      case: 'keys',
      value: {signingKeyId: next.id, succession: keySuccession(patient, next, recovery)},
    });
    expect(
      ledger.run(enrolPatient(patient, strangerRecovery), [hospital.sponsor, patient, strangerRecovery]).code,
    ).toBe(CODE.keyTaken);
    expect(ledger.run(replaceKey(patient, patient, recovery, 2), [next, patient]).code).toBe(CODE.keyTaken);
  });

  test('one after the other: n counts, and each stays in the state', () => {
    const ledger = enrolled();
    ledger.run(replaceKey(patient, next, recovery), [patient, next]);
    expect(ledger.run(replaceKey(patient, later, recovery, 1), [next, later]).code).toBe(CODE.keySuccession);
    expect(ledger.run(replaceKey(patient, later, recovery, 3), [next, later]).code).toBe(CODE.keySuccession);
    expect(ledger.run(replaceKey(patient, later, recovery, 2), [next, later]).code).toBe(0);
    expect(load(ledger.state, SLOTS.succession, [patient.id, numberPart(1)])).toBeDefined();
    expect(load(ledger.state, SLOTS.succession, [patient.id, numberPart(2)])).toMatchObject(
      keySuccession(patient, later, recovery, {n: 2}),
    );
  });

  test('keySuccession: none, by another key, for another chain, patient, number or key, no succession at all', () => {
    const ledger = enrolled();
    const good = keySuccession(patient, next, recovery);
    const unknown = Uint8Array.of(...good.succession, 0x78, 1);
    const bad: TxMessage[] = [
      publish({identity: patient.id, newSigningKey: next.key}),
      withSuccession(keySuccession(patient, next, patient)),
      withSuccession(keySuccession(patient, next, next)),
      withSuccession({...good, signature: {...good.signature, publicKey: stranger.key.publicKey}}),
      withSuccession({...good, signature: keySuccession(patient, later, recovery).signature}),
      withSuccession(keySuccession(patient, next, recovery, {chainId: 'another'})),
      withSuccession(keySuccession(stranger, next, recovery)),
      withSuccession(keySuccession(patient, later, recovery)),
      withSuccession(keySuccession(patient, next, recovery, {newKey: {alg: 2, publicKey: next.key.publicKey}})),
      withSuccession(keySuccession(patient, next, recovery, {n: 0})),
      withSuccession(keySuccession(patient, next, recovery, {n: 2 ** 32 - 1})),
      withSuccession({...good, succession: unknown}),
      withSuccession({...good, succession: Uint8Array.of(1)}),
    ];
    for (const message of bad) expect(ledger.run(message, [patient, next]).code).toBe(CODE.keySuccession);
    const keyless = encodeCanonical(
      KeySuccessionSchema,
      incomplete(KeySuccessionSchema, {chainId: 'vitalvault-test', identity: patient.id, n: 1}),
    );
    expect(ledger.run(withSuccession({...good, succession: keyless}), [patient, next]).code).toBe(CODE.keySuccession);
    expect(load(ledger.state, SLOTS.patient, [patient.id])).toMatchObject({signingKey: patient.key, successions: 0});
    expect(ledger.accessLog(patient.id)).toHaveLength(1);
  });

  test('keySuccession comes before keyTaken: a succession that does not hold, with a key that is taken', () => {
    const ledger = enrolled();
    const value = {identity: patient.id, newSigningKey: recovery.key};
    expect(ledger.run(publish(value), [patient, recovery]).code).toBe(CODE.keySuccession);
    const holds = {...value, succession: keySuccession(patient, recovery, recovery)};
    expect(ledger.run(publish(holds), [patient, recovery]).code).toBe(CODE.keyTaken);
  });

  test('invalidField: a succession without a new key, or without the form of one', () => {
    const ledger = enrolled();
    const succession = keySuccession(patient, next, recovery);
    const alone = publish({identity: patient.id, epochStatements: [epochStatement(patient)], succession});
    expect(ledger.run(alone, [patient]).code).toBe(CODE.invalidField);
    const empty = withSuccession({...succession, succession: new Uint8Array()});
    expect(ledger.run(empty, [patient, next]).code).toBe(CODE.invalidField);
  });

  test('wrongSigners: the recovery key signs the succession, and no transaction', () => {
    const ledger = enrolled();
    expect(ledger.run(replaceKey(patient, next, recovery), [patient, next, recovery]).code).toBe(CODE.wrongSigners);
    expect(ledger.run(replaceKey(patient, next, recovery), [patient]).code).toBe(CODE.wrongSigners);
  });

  test("keyTaken: another's key, and the recovery key itself", () => {
    const ledger = enrolled();
    ledger.run(enrolPatient(stranger, strangerRecovery), [hospital.sponsor, stranger, strangerRecovery]);
    for (const taken of [stranger, recovery])
      expect(ledger.run(replaceKey(patient, taken, recovery), [patient, taken]).code).toBe(CODE.keyTaken);
    expect(ledger.run(replaceKey(patient, clinician, recovery), [stranger, clinician]).code).toBe(CODE.notAuthorised);
  });
});
