import {CODE} from '@vitalvault/contracts';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {EnrolPatientSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {incomplete} from '@vitalvault/contracts/testing';
import type {TxMessage} from '@vitalvault/contracts';
import {numberPart} from '@vitalvault/proofs';
import {load, SLOTS} from './state-slots.js';
import {
  hash,
  enrolPatient,
  epochStatement,
  keySuccession,
  PEOPLE,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  tag,
  TEST_SLOT,
  testEncryptionKey,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');

function begun(): TestLedger {
  const ledger = new TestLedger();
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  expect(ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]).code).toBe(0);
  expect(ledger.run(registerDevice(patient, device), [patient, device]).code).toBe(0);
  return ledger;
}
type ValueOf<C extends TxMessage['case']> = Extract<TxMessage, {case: C}>['value'];
const publish = (value: ValueOf<'publishKeys'>): TxMessage => ({case: 'publishKeys', value});

describe('EnrolPatient', () => {
  test("keyTaken: by a patient, a member, a device, an organisation; a recovery key that is somebody's", () => {
    const ledger = begun();
    for (const taken of [patient, clinician, device, hospital.admin]) {
      expect(ledger.run(enrolPatient(taken, strangerRecovery), [clinic.sponsor, taken, strangerRecovery]).code).toBe(
        CODE.keyTaken,
      );
    }
    expect(ledger.run(enrolPatient(stranger, clinician), [clinic.sponsor, stranger, clinician]).code).toBe(
      CODE.keyTaken,
    );
    expect(
      ledger.run(enrolPatient(stranger, strangerRecovery), [clinic.sponsor, stranger, strangerRecovery]).code,
    ).toBe(0);
    expect(load(ledger.state, SLOTS.patient, [stranger.id])).toMatchObject({
      sponsor: clinic.id,
      signingKey: stranger.key,
      recoveryKey: strangerRecovery.key,
      successions: 0,
    });
  });

  test('invalidField: the recovery key is the signing key, keys of a wrong form', () => {
    const ledger = new TestLedger();
    const value = {signingKey: stranger.key, encryptionKey: hash(9), recoveryKey: strangerRecovery.key};
    for (const bad of [
      {recoveryKey: stranger.key},
      {encryptionKey: new Uint8Array(31)},
      {encryptionKey: new Uint8Array(32)},
      {signingKey: {alg: 2, publicKey: stranger.key.publicKey}},
      {recoveryKey: {alg: 1, publicKey: new Uint8Array(33)}},
    ]) {
      expect(
        ledger.run({case: 'enrolPatient', value: {...value, ...bad}}, [hospital.sponsor, stranger, strangerRecovery])
          .code,
      ).toBe(CODE.invalidField);
    }
    const without = incomplete(EnrolPatientSchema, {...value, recoveryKey: undefined});
    expect(
      ledger.run({case: 'enrolPatient', value: without}, [hospital.sponsor, stranger, strangerRecovery]).code,
    ).toBe(CODE.invalidField);
  });
});

describe('RegisterMember and SuspendMember', () => {
  test("keyTaken; notAuthorised for another organisation; unknownIdentity for another's member", () => {
    const ledger = begun();
    expect(ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]).code).toBe(CODE.keyTaken);
    expect(ledger.run(registerMember(hospital, stranger), [clinic.sponsor, stranger]).code).toBe(CODE.notAuthorised);
    const suspend = (organisation: Uint8Array, member: Uint8Array): TxMessage => ({
      case: 'suspendMember',
      value: {organisation, member},
    });
    expect(ledger.run(suspend(clinic.id, clinician.id), [clinic.admin]).code).toBe(CODE.unknownIdentity);
    expect(ledger.run(suspend(hospital.id, patient.id), [hospital.admin]).code).toBe(CODE.unknownIdentity);
    expect(ledger.run(suspend(hospital.id, clinician.id), [clinic.admin]).code).toBe(CODE.notAuthorised);
    expect(load(ledger.state, SLOTS.member, [clinician.id])?.suspended).toBe(false);
    expect(ledger.run(suspend(hospital.id, clinician.id), [hospital.sponsor]).code).toBe(0);
    expect(load(ledger.state, SLOTS.member, [clinician.id])?.suspended).toBe(true);
  });

  test('invalidField: role, profile hash, ids', () => {
    const ledger = new TestLedger();
    const value = {
      organisation: hospital.id,
      signingKey: stranger.key,
      encryptionKey: hash(9),
      role: 1,
      profileHash: new Uint8Array(32),
    };
    for (const bad of [
      {role: 0},
      {role: 5},
      {profileHash: new Uint8Array(31)},
      {organisation: new Uint8Array(19)},
      {encryptionKey: new Uint8Array(0)},
    ]) {
      expect(
        ledger.run({case: 'registerMember', value: {...value, ...bad}}, [hospital.sponsor, stranger, strangerRecovery])
          .code,
      ).toBe(CODE.invalidField);
    }
    expect(
      ledger.run({case: 'suspendMember', value: {organisation: hospital.id, member: new Uint8Array(0)}}, [
        hospital.sponsor,
      ]).code,
    ).toBe(CODE.invalidField);
  });
});

describe('PublishKeys', () => {
  const next = testKey('next');

  test('a member signs with both keys and has no epochs', () => {
    const ledger = begun();
    expect(
      ledger.run(publish({identity: clinician.id, newSigningKey: next.key}), [clinician, next, recovery]).code,
    ).toBe(CODE.wrongSigners);
    expect(ledger.run(replaceKey(clinician, next, recovery), [clinician, next]).code).toBe(CODE.invalidField);
    expect(
      ledger.run(publish({identity: clinician.id, epochStatements: [epochStatement(patient)]}), [clinician]).code,
    ).toBe(CODE.invalidField);
    expect(ledger.run(publish({identity: clinician.id, newSigningKey: device.key}), [clinician, device]).code).toBe(
      CODE.keyTaken,
    );
    const encryptionKey = testEncryptionKey('new').publicKey;
    const replaces = {identity: clinician.id, newSigningKey: next.key};
    expect(ledger.run(publish({...replaces, encryptionKey}), [clinician, next]).code).toBe(CODE.invalidField);
    expect(ledger.run(publish(replaces), [clinician, next]).code).toBe(0);
    expect(ledger.run(publish({identity: clinician.id, encryptionKey}), [next]).code).toBe(0);
    expect(load(ledger.state, SLOTS.member, [clinician.id])).toMatchObject({
      signingKey: next.key,
      encryptionKey,
      organisation: hospital.id,
    });
    expect(ledger.run(requestAccess(patient.id), [clinician]).code).toBe(CODE.unknownKey);
    expect(ledger.run(requestAccess(patient.id), [next]).code).toBe(0);
    expect(ledger.accessLog(patient.id).at(-1)?.event).toMatchObject({case: 'access', value: {reader: clinician.id}});
  });

  test('unknownIdentity, notAuthorised, invalidField', () => {
    const ledger = begun();
    const encryptionKey = testEncryptionKey('new').publicKey;
    expect(ledger.run(publish({identity: stranger.id, encryptionKey}), [patient]).code).toBe(CODE.unknownIdentity);
    expect(ledger.run(publish({identity: patient.id, encryptionKey}), [clinician]).code).toBe(CODE.notAuthorised);
    expect(ledger.run(publish({identity: clinician.id, encryptionKey}), [patient]).code).toBe(CODE.notAuthorised);
    expect(ledger.run(publish({identity: patient.id}), [patient]).code).toBe(CODE.invalidField);
    expect(ledger.run(publish({identity: patient.id, encryptionKey: new Uint8Array(5)}), [patient]).code).toBe(
      CODE.invalidField,
    );
    expect(
      ledger.run(
        publish({identity: patient.id, epochStatements: Array.from({length: 65}, () => epochStatement(patient))}),
        [patient],
      ).code,
    ).toBe(CODE.invalidField);
    const unsigned = incomplete(SignedEpochStatementSchema, {statement: epochStatement(patient).statement});
    expect(ledger.run(publish({identity: patient.id, epochStatements: [unsigned]}), [patient]).code).toBe(
      CODE.invalidField,
    );
  });

  test('each epoch statement has its own result and harms no other', () => {
    const ledger = begun();
    const statements = [
      epochStatement(patient, {epoch: 2}),
      epochStatement(patient),
      epochStatement(patient),
      epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT - 2}),
      epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT + 25}),
      epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT - 1}),
      epochStatement(patient, {epoch: 3, fromSlot: TEST_SLOT - 1}),
      epochStatement(patient, {epoch: 3, fromSlot: TEST_SLOT + 24}),
      epochStatement(patient, {epoch: 1, typeTag: tag(2), fromSlot: 0}),
      epochStatement(patient, {epoch: 1, typeTag: tag(3)}, stranger),
      epochStatement(stranger, {epoch: 1, typeTag: tag(3)}, patient),
      epochStatement(patient, {epoch: 1, typeTag: tag(3), chainId: 'another'}),
      epochStatement(patient, {epoch: 1, typeTag: tag(0)}),
      epochStatement(patient, {epoch: 1, typeTag: tag(3), publicKey: new Uint8Array(31)}),
      {...epochStatement(patient, {epoch: 1, typeTag: tag(3)}), statement: Uint8Array.of(1, 2, 3)},
      {...epochStatement(patient, {epoch: 1, typeTag: tag(3)}), signature: epochStatement(patient).signature},
    ];
    const outcome = ledger.run(publish({identity: patient.id, epochStatements: statements}), [patient]);
    expect(outcome.code).toBe(0);
    expect([...outcome.data.slice(2)]).toEqual([
      CODE.epochOrder,
      0,
      CODE.epochOrder,
      CODE.epochSlot,
      CODE.epochSlot,
      0,
      CODE.epochSlot,
      0,
      0,
      CODE.epochSignature,
      CODE.notAuthorised,
      CODE.wrongChain,
      CODE.invalidField,
      CODE.invalidField,
      CODE.invalidField,
      CODE.epochSignature,
    ]);
    expect(load(ledger.state, SLOTS.epochHead, [patient.id, tag(0xaa)])).toMatchObject({
      epoch: 3,
      fromSlot: TEST_SLOT + 24,
    });
    expect(load(ledger.state, SLOTS.epochStatement, [patient.id, tag(0xaa), numberPart(2)])?.statement).toEqual(
      statements[5]?.statement,
    );
    const leaf = ledger.accessLog(patient.id).at(-1)?.event;
    expect(leaf?.case === 'keys' && leaf.value.epochStatements).toHaveLength(4);
  });

  describe('the first epoch of a tag', () => {
    const run = (ledger: TestLedger, ...statements: ReturnType<typeof epochStatement>[]): number[] => [
      ...ledger.run(publish({identity: patient.id, epochStatements: statements}), [patient]).data.slice(2),
    ];
    const first = (fromSlot: number, fields: Parameters<typeof epochStatement>[1] = {}) =>
      epochStatement(patient, {epoch: 1, fromSlot, ...fields});
    const head = (ledger: TestLedger) => load(ledger.state, SLOTS.epochHead, [patient.id, tag(0xaa)]);

    test('begins at the latest a day ahead: one that never begins would leave the tag without any', () => {
      const ledger = begun();
      expect(run(ledger, first(2 ** 32 - 1), first(TEST_SLOT + 25))).toEqual([CODE.epochSlot, CODE.epochSlot]);
      expect(head(ledger)).toBeUndefined();
      expect(run(ledger, first(TEST_SLOT + 24), first(0))).toEqual([0, 0]);
    });

    test('is extended backwards under the same key, also when there are later ones; never forwards', () => {
      const ledger = begun();
      const second = epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT});
      const another = testEncryptionKey('another').publicKey;
      expect(run(ledger, first(TEST_SLOT - 10), first(TEST_SLOT - 20), second)).toEqual([0, 0, 0]);
      expect(run(ledger, first(TEST_SLOT - 30))).toEqual([0]);
      expect(head(ledger)).toMatchObject({epoch: 2, fromSlot: TEST_SLOT});
      const refusals = [
        first(TEST_SLOT - 30),
        first(TEST_SLOT - 20),
        first(TEST_SLOT - 40, {publicKey: another}),
        epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT - 1}),
      ];
      expect(run(ledger, ...refusals)).toEqual(refusals.map(() => CODE.epochOrder));
      const stored = load(ledger.state, SLOTS.epochStatement, [patient.id, tag(0xaa), numberPart(1)]);
      expect(stored?.statement).toEqual(first(TEST_SLOT - 30).statement);
    });
  });

  test('with a new signing key, statements are signed by the new one', () => {
    const ledger = begun();
    const both = publish({
      identity: patient.id,
      newSigningKey: next.key,
      epochStatements: [epochStatement(patient, {}, next)],
      succession: keySuccession(patient, next, recovery),
    });
    expect([...ledger.run(both, [patient, next]).data]).toEqual([0x0a, 1, 0]);
    const old = publish({
      identity: patient.id,
      epochStatements: [epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT}, patient)],
    });
    expect([...ledger.run(old, [next]).data]).toEqual([0x0a, 1, CODE.epochSignature]);
  });
});
