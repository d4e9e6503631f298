import {CODE, decodeCanonical} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {PublishKeysSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  enrolPatient,
  epochStatement,
  hash,
  PEOPLE,
  putGrant,
  registerDevice,
  registerMember,
  requestAccess,
  TEST_SLOT,
  tag,
  testEncryptionKey,
  TestLedger,
  testKey,
  testOrganisation,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';

const {patient, recovery, clinician} = PEOPLE;
const hospital = testOrganisation('hospital');
/** Zero, one, of order 8, p − 1, p, p + 1, and 9 with the highest bit; RFC 7748's list. */
const USELESS = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  `${'00'.repeat(31)}80`,
].map((hex) => new Uint8Array(Buffer.from(hex, 'hex')));

let ledger: TestLedger;
beforeEach(() => {
  ledger = new TestLedger();
  ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]);
});

const publish = (fields: Parameters<typeof incomplete<typeof PublishKeysSchema>>[1], who = patient): number =>
  ledger.run({case: 'publishKeys', value: incomplete(PublishKeysSchema, {identity: who.id, ...fields})}, [who]).code;

const statementCodes = (...statements: ReturnType<typeof epochStatement>[]): number[] => {
  const value = {identity: patient.id, epochStatements: statements};
  return decodeCanonical(StatementResultsSchema, ledger.run({case: 'publishKeys', value}, [patient]).data).codes;
};

describe.each(USELESS.map((key) => [Buffer.from(key).toString('hex'), key] as const))('%s is no key', (_, useless) => {
  const stranger = testKey('another');
  const withKey = (message: TxMessage, field: string): TxMessage =>
    ({case: message.case, value: {...message.value, [field]: useless}}) as TxMessage;

  test.each<[string, TxMessage, TestKey[]]>([
    [
      'of a patient',
      withKey(enrolPatient(stranger, testKey('r')), 'encryptionKey'),
      [hospital.sponsor, stranger, testKey('r')],
    ],
    ['of a member', withKey(registerMember(hospital, stranger), 'encryptionKey'), [hospital.sponsor, stranger]],
    ['of a reader', withKey(requestAccess(patient.id), 'readerKey'), [clinician]],
  ])('%s', (_who, message, signers) => {
    expect(ledger.run(message, signers).code).toBe(CODE.invalidField);
  });

  test('that replaces one, or of an epoch', () => {
    expect([publish({encryptionKey: useless}), publish({encryptionKey: useless}, clinician)]).toEqual([
      CODE.invalidField,
      CODE.invalidField,
    ]);
    expect(statementCodes(epochStatement(patient, {publicKey: useless}))).toEqual([CODE.invalidField]);
  });
});

describe('a key that opens something else already', () => {
  const next = {epoch: 2, fromSlot: TEST_SLOT, publicKey: hash(7)};

  test('the epoch key of the epoch before, the patient’s own, and that of another tag in the same message', () => {
    const own = testEncryptionKey('patient').publicKey;
    const other = tag(0xbb);
    expect(statementCodes(epochStatement(patient, {publicKey: hash(7)}))).toEqual([CODE.ok]);
    expect(statementCodes(epochStatement(patient, next))).toEqual([CODE.epochKey]);
    expect(statementCodes(epochStatement(patient, {...next, publicKey: own}))).toEqual([CODE.epochKey]);
    const [fresh, twice] = [hash(9), {...next, publicKey: hash(9)}];
    expect(
      statementCodes(epochStatement(patient, twice), epochStatement(patient, {typeTag: other, publicKey: fresh})),
    ).toEqual([CODE.ok, CODE.epochKey]);
    expect(statementCodes(epochStatement(patient, {typeTag: other, publicKey: own}))).toEqual([CODE.epochKey]);
  });

  test('an encryption key that replaces itself, a patient’s and a member’s', () => {
    expect(publish({encryptionKey: testEncryptionKey('patient').publicKey})).toBe(CODE.keyTaken);
    expect(publish({encryptionKey: testEncryptionKey('member').publicKey}, clinician)).toBe(CODE.keyTaken);
    expect([publish({encryptionKey: hash(9)}), publish({encryptionKey: hash(9)})]).toEqual([CODE.ok, CODE.keyTaken]);
  });

  test('an encryption key and the epoch key that comes with it', () => {
    const statement = epochStatement(patient, {publicKey: hash(9)});
    const value = {identity: patient.id, encryptionKey: hash(9), epochStatements: [statement]};
    const {data} = ledger.run({case: 'publishKeys', value}, [patient]);
    expect(decodeCanonical(StatementResultsSchema, data).codes).toEqual([CODE.epochKey]);
  });

  test('a key of an epoch, of whatever tag and however old, as her encryption key', () => {
    const other = tag(0xbb);
    const epochs = [
      epochStatement(patient, {publicKey: hash(7)}),
      epochStatement(patient, {...next, publicKey: hash(8)}),
      epochStatement(patient, {typeTag: other, publicKey: hash(9)}),
    ];
    expect(statementCodes(...epochs)).toEqual([0, 0, 0]);
    for (const key of [7, 8, 9]) expect(publish({encryptionKey: hash(key)})).toBe(CODE.keyTaken);
    expect(publish({encryptionKey: hash(10)})).toBe(0);
  });

  test('a key of an epoch as that of another tag, or of a later epoch; and a grant may not bring one either', () => {
    const other = tag(0xbb);
    const later = {epoch: 3, fromSlot: TEST_SLOT + 1};
    expect(statementCodes(epochStatement(patient, {publicKey: hash(7)}))).toEqual([0]);
    expect(statementCodes(epochStatement(patient, {...next, publicKey: hash(8)}))).toEqual([0]);
    expect(statementCodes(epochStatement(patient, {...later, publicKey: hash(7)}))).toEqual([CODE.epochKey]);
    expect(statementCodes(epochStatement(patient, {typeTag: other, publicKey: hash(7)}))).toEqual([CODE.epochKey]);
    const epochStatements = [epochStatement(patient, {typeTag: other, publicKey: hash(8)})];
    const {data} = ledger.run(putGrant(patient.id, clinician.id, {epochStatements}), [patient]);
    expect(decodeCanonical(StatementResultsSchema, data).codes).toEqual([CODE.epochKey]);
    // A first epoch that is extended backwards keeps its key.
    const extended = epochStatement(patient, {publicKey: hash(7), fromSlot: TEST_SLOT - 2_000});
    expect(statementCodes(extended)).toEqual([0]);
    expect(statementCodes(epochStatement(patient, {...later, publicKey: hash(9)}))).toEqual([0]);
  });

  test('an encryption key that she had before, as an epoch’s key or as her encryption key again', () => {
    const first = testEncryptionKey('patient').publicKey;
    expect(publish({encryptionKey: hash(9)})).toBe(0);
    expect(statementCodes(epochStatement(patient, {publicKey: first}))).toEqual([CODE.epochKey]);
    expect(publish({encryptionKey: first})).toBe(CODE.keyTaken);
    for (let i = 0; i < 60; i++) expect(publish({encryptionKey: hash(20 + i)})).toBe(0);
    expect(publish({encryptionKey: first})).toBe(CODE.keyTaken);
    ledger.commit([], 14_400n);
    for (const key of [97, 98, 99]) expect(publish({encryptionKey: hash(key)})).toBe(0);
    expect(publish({encryptionKey: first})).toBe(0);
  });

  test('what is refused uses no key up, and another patient’s keys are hers', () => {
    const [other, otherRecovery] = [testKey('other'), testKey('other recovery')];
    const bad = epochStatement(patient, {epoch: 2, publicKey: hash(7)});
    expect(statementCodes(bad)).toEqual([CODE.epochOrder]);
    expect(publish({encryptionKey: hash(7)})).toBe(0);
    ledger.run(enrolPatient(other, otherRecovery), [hospital.sponsor, other, otherRecovery]);
    expect(publish({encryptionKey: hash(7)}, other)).toBe(0);
  });

  test('her recovery key on a device, or as her signing key', () => {
    expect(ledger.run(registerDevice(patient, recovery), [patient, recovery]).code).toBe(CODE.deviceTaken);
    const again = enrolPatient(testKey('n'), testKey('n'));
    expect(ledger.run(again, [hospital.sponsor, testKey('n'), testKey('n')]).code).toBe(CODE.invalidField);
  });
});

describe('a signing key that is no point of its curve', () => {
  // x of the highest value: above the field.
  const noPoint = {...testKey('x'), key: {...recovery.key, publicKey: new Uint8Array(33).fill(0xff).with(0, 2)}};

  test.each<[string, TxMessage, TestKey[]]>([
    ['of a patient', enrolPatient(noPoint, testKey('r')), [hospital.sponsor, noPoint, testKey('r')]],
    ['of a member', registerMember(hospital, noPoint), [hospital.sponsor, noPoint]],
    ['of a device', registerDevice(patient, noPoint), [patient, noPoint]],
    [
      'that replaces a member’s',
      {case: 'publishKeys', value: {identity: clinician.id, newSigningKey: noPoint.key}},
      [clinician, noPoint],
    ],
    ['that signs first', requestAccess(patient.id), [noPoint]],
  ])('%s', (_whose, message, signers) => {
    expect(ledger.run(message, signers).code).toBe(CODE.badSignature);
  });
});

describe('a recovery key that cannot sign', () => {
  const [newcomer, useless] = [testKey('newcomer'), new Uint8Array(33).fill(0xff).with(0, 2)];

  test('is found out when she enrols: no point of the curve, and none that she has', () => {
    const noPoint = {...testKey('x'), key: {...recovery.key, publicKey: useless}};
    expect(ledger.run(enrolPatient(newcomer, noPoint), [hospital.sponsor, newcomer, noPoint]).code).toBe(
      CODE.badSignature,
    );
    const notHers = enrolPatient(newcomer, testKey('somebody'));
    expect(ledger.run(notHers, [hospital.sponsor, newcomer]).code).toBe(CODE.wrongSigners);
    expect(ledger.run(notHers, [hospital.sponsor, newcomer, newcomer]).code).toBe(CODE.wrongSigners);
  });
});
