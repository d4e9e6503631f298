import {CODE} from '@vitalvault/contracts';
import type {CodeName, TxMessage} from '@vitalvault/contracts';
import {
  PEOPLE,
  TEST_SLOT,
  epochStatement,
  hash,
  keySuccession,
  putGrant,
  registerDevice,
  registerMember,
  tag,
  testEncryptionKey,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey, TestLedger} from '@vitalvault/ledger-state/testing';
import type {OrderCase} from './order-vectors.ts';

const {patient, recovery, clinician, device, stranger} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const next = testKey('next');
const lost = testKey('lost device');
const herKey = testEncryptionKey('patient').publicKey;
const membersKey = testEncryptionKey('member').publicKey;

type Case = readonly [name: string, first: CodeName, second: CodeName, message: TxMessage, signers: TestKey[]];
type Keys = Extract<TxMessage, {case: 'publishKeys'}>['value'];
type Removal = Extract<TxMessage, {case: 'removeDevice'}>['value'];

const publish = (value: Keys): TxMessage => ({case: 'publishKeys', value});
const remove = (changed: Partial<Removal>): TxMessage => ({
  case: 'removeDevice',
  value: {owner: patient.id, device: device.id, distrustFromSlot: 0, registration: 1, ...changed},
});
const future = TEST_SLOT + 999;
const gone = {device: lost.id, distrustFromSlot: 5};
const epochStatements = [epochStatement(patient)];

/** A patient who has had all of her successions, by the key that she has now. */
export const WORN = {first: testKey('worn'), now: testKey('worn, her second'), recovery: testKey('worn, her recovery')};
const another = (signing: TestKey): TxMessage =>
  publish({
    identity: WORN.first.id,
    newSigningKey: signing.key,
    succession: keySuccession(WORN.first, signing, WORN.recovery, {n: 2}),
  });

/** Every two own rules of a message that can hold at once, as docs/protocol.md §4.3 orders them. */
const CASES: readonly Case[] = [
  [
    'PublishKeys',
    'unknownIdentity',
    'notAuthorised',
    publish({identity: testKey('nobody').id, encryptionKey: hash(9)}),
    [patient],
  ],
  ['PublishKeys', 'notAuthorised', 'invalidField', publish({identity: clinician.id, epochStatements}), [patient]],
  [
    'PublishKeys',
    'notAuthorised',
    'keySuccession',
    publish({identity: patient.id, newSigningKey: next.key}),
    [stranger, next],
  ],
  ['PublishKeys', 'notAuthorised', 'keyTaken', publish({identity: patient.id, encryptionKey: herKey}), [stranger]],
  [
    'PublishKeys',
    'invalidField',
    'keyTaken',
    publish({identity: clinician.id, encryptionKey: membersKey, epochStatements}),
    [clinician],
  ],
  [
    'PublishKeys',
    'keySuccession',
    'keyTaken',
    publish({identity: patient.id, newSigningKey: recovery.key}),
    [patient, recovery],
  ],
  ['PublishKeys', 'notAuthorised', 'ceiling', another(next), [patient, next]],
  [
    'PublishKeys',
    'keySuccession',
    'ceiling',
    publish({identity: WORN.first.id, newSigningKey: next.key}),
    [WORN.now, next],
  ],
  ['PublishKeys', 'keyTaken', 'ceiling', another(WORN.first), [WORN.now, WORN.first]],
  ['RegisterDevice', 'notAuthorised', 'deviceTaken', registerDevice(patient, device), [stranger, device]],
  ['RemoveDevice', 'notAuthorised', 'unknownDevice', remove({registration: 9}), [stranger]],
  ['RemoveDevice', 'notAuthorised', 'invalidField', remove({distrustFromSlot: future}), [stranger]],
  ['RemoveDevice', 'notAuthorised', 'deviceRemoved', remove(gone), [stranger]],
  ['RemoveDevice', 'unknownDevice', 'invalidField', remove({registration: 9, distrustFromSlot: future}), [patient]],
  ['RemoveDevice', 'invalidField', 'deviceRemoved', remove({...gone, distrustFromSlot: future}), [patient]],
  ['RegisterMember', 'notAuthorised', 'keyTaken', registerMember(hospital, clinician), [clinic.sponsor, clinician]],
  [
    'SuspendMember',
    'notAuthorised',
    'unknownIdentity',
    {case: 'suspendMember', value: {organisation: hospital.id, member: stranger.id}},
    [clinic.admin],
  ],
  ['PutGrant', 'notAuthorised', 'grantVersion', putGrant(patient.id, clinician.id), [stranger]],
  ['PutGrant', 'notAuthorised', 'unknownGrantee', putGrant(patient.id, patient.id, {grantId: tag(7)}), [stranger]],
  [
    'PutGrant',
    'notAuthorised',
    'grantRevoked',
    putGrant(patient.id, clinician.id, {grantId: tag(2), version: 9}),
    [stranger],
  ],
  ['PutGrant', 'grantVersion', 'grantRevoked', putGrant(patient.id, clinician.id, {grantId: tag(2)}), [patient]],
  ['PutGrant', 'grantVersion', 'unknownGrantee', putGrant(patient.id, patient.id), [patient]],
  [
    'PutGrant',
    'grantRevoked',
    'unknownGrantee',
    putGrant(patient.id, patient.id, {grantId: tag(2), version: 9}),
    [patient],
  ],
];

export function ownRules(ledger: TestLedger): OrderCase[] {
  return CASES.map(([of, first, second, message, signers]) => ({
    of,
    holds: [first, second],
    tx: ledger.tx(message, signers),
    code: CODE[first],
    data: new Uint8Array(0),
  }));
}
