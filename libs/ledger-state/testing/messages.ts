import {ACTION, build, encodeCanonical, NO_TERMS, PURPOSE, slotOf, taggedHash} from '@vitalvault/contracts';
import type {ChangesTo, FieldsOf, TxMessage} from '@vitalvault/contracts';
import {RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AnchorEntrySchema, PutGrantSchema, RequestAccess} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  EpochStatementSchema,
  KeySuccessionSchema,
  RecordHeaderSchema,
  SkipSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {hash, signDigest, tag, testEncryptionKey, testKey} from './test-keys.js';
import type {TestKey} from './test-keys.js';
import {TEST_CHAIN, TEST_TIME} from './test-ledger.js';
import type {TestOrganisation} from './test-genesis.js';

/** Slot of a test ledger's first block. */
export const TEST_SLOT = slotOf(TEST_TIME);
export const HEART_RATE = tag(0xaa);

export const enrolPatient = (patient: TestKey, recovery: TestKey): TxMessage => ({
  case: 'enrolPatient',
  value: {signingKey: patient.key, encryptionKey: testEncryptionKey('patient').publicKey, recoveryKey: recovery.key},
});

export const registerMember = (organisation: TestOrganisation, member: TestKey): TxMessage => ({
  case: 'registerMember',
  value: {
    organisation: organisation.id,
    signingKey: member.key,
    encryptionKey: testEncryptionKey('member').publicKey,
    role: 1,
    profileHash: hash(7),
  },
});

export const registerDevice = (
  owner: TestKey,
  device: TestKey,
  typeTags: Uint8Array[] = [HEART_RATE],
  fromSlot = 0,
): TxMessage => ({
  case: 'registerDevice',
  value: {owner: owner.id, deviceKey: device.key, typeTags, deviceClass: 1, fromSlot},
});

/** A grant of heart rate to treat, around the first block of a test ledger. */
export function putGrant(
  patient: Uint8Array,
  grantee: Uint8Array,
  fields: ChangesTo<typeof PutGrantSchema> = {},
): TxMessage {
  const value = {
    patient,
    grantId: tag(1),
    version: 1,
    grantee,
    typeTags: [HEART_RATE],
    actions: [ACTION.read],
    purposes: [PURPOSE.TREAT],
    accessFromSlot: TEST_SLOT - 1,
    accessToSlot: TEST_SLOT + 100,
    dataFromSlot: TEST_SLOT - 100,
    dataToSlot: TEST_SLOT,
    ...fields,
  };
  return {case: 'putGrant', value};
}

export const revokeGrant = (patient: Uint8Array, grantId = tag(1), version = 0): TxMessage => ({
  case: 'putGrant',
  value: {patient, grantId, version, ...NO_TERMS},
});

/** The one place of the tests that writes out a RequestAccess. */
export function accessRequest(patient: Uint8Array, fields: ChangesTo<typeof RequestAccessSchema> = {}): RequestAccess {
  return build(RequestAccessSchema, {
    patient,
    grantId: tag(1),
    typeTag: HEART_RATE,
    slotFrom: TEST_SLOT - 2,
    slotTo: TEST_SLOT - 1,
    purpose: PURPOSE.TREAT,
    action: ACTION.read,
    readerKey: testEncryptionKey('one-time').publicKey,
    detailsHash: hash(0),
    ...fields,
  });
}

export const requestAccess = (
  patient: Uint8Array,
  fields: ChangesTo<typeof RequestAccessSchema> = {},
): TxMessage & {case: 'requestAccess'} => ({case: 'requestAccess', value: accessRequest(patient, fields)});

/** The public key of an epoch in the tests: another for each tag and each epoch. */
const epochKey = (typeTag: Uint8Array, epoch: number): Uint8Array =>
  testEncryptionKey(`epoch ${String(epoch)} of ${typeTag.join('.')}`).publicKey;

/** A signed epoch statement. */
export function epochStatement(
  patient: TestKey,
  fields: ChangesTo<typeof EpochStatementSchema> = {},
  signer: TestKey = patient,
) {
  const statement = encodeCanonical(EpochStatementSchema, {
    chainId: TEST_CHAIN,
    patient: patient.id,
    typeTag: HEART_RATE,
    epoch: 1,
    publicKey: epochKey(fields.typeTag ?? HEART_RATE, fields.epoch ?? 1),
    fromSlot: TEST_SLOT - 1_000,
    ...fields,
  });
  return {
    statement,
    signature: {
      alg: signer.key.alg,
      publicKey: signer.key.publicKey,
      signature: signDigest(signer, taggedHash('epoch-statement', statement)),
    },
  };
}

/** A signed succession: by default the first one. */
export function keySuccession(
  patient: TestKey,
  newKey: TestKey,
  recovery: TestKey,
  fields: ChangesTo<typeof KeySuccessionSchema> = {},
) {
  const succession = encodeCanonical(KeySuccessionSchema, {
    chainId: TEST_CHAIN,
    identity: patient.id,
    n: 1,
    newKey: newKey.key,
    ...fields,
  });
  const {alg, publicKey} = recovery.key;
  const signature = signDigest(recovery, taggedHash('key-succession', succession));
  return {succession, signature: {alg, publicKey, signature}};
}

/** Her next signing key, with its succession; signed by her current key and the new one. */
export const replaceKey = (
  patient: TestKey,
  newKey: TestKey,
  recovery: TestKey,
  n = 1,
): TxMessage & {case: 'publishKeys'} => ({
  case: 'publishKeys',
  value: {identity: patient.id, newSigningKey: newKey.key, succession: keySuccession(patient, newKey, recovery, {n})},
});

export interface RecordOf {
  readonly patient: TestKey;
  readonly device: TestKey;
  readonly custodian: TestOrganisation;
}

/** An anchor entry for a record of which nothing but hashes exists. */
export function recordEntry(
  {patient, device, custodian}: RecordOf,
  fields: ChangesTo<typeof RecordHeaderSchema> = {},
  signer: TestKey = device,
): FieldsOf<typeof AnchorEntrySchema> {
  const header = encodeCanonical(RecordHeaderSchema, {
    version: 1,
    kind: 1,
    chainId: TEST_CHAIN,
    patient: patient.id,
    device: device.id,
    registration: 1,
    typeTag: HEART_RATE,
    epoch: 1,
    slot: TEST_SLOT - 1,
    sequence: 1n,
    tagSequence: fields.sequence ?? 1n,
    count: 12,
    releaseSuite: 1,
    releaseKeyId: custodian.release.id,
    ...fields,
  });
  const hashes = {ciphertextHash: hash(1), innerKeyHash: hash(2), sealedKeyHash: hash(3)};
  const signature = signDigest(
    signer,
    taggedHash('record', header, hashes.ciphertextHash, hashes.innerKeyHash, hashes.sealedKeyHash),
  );
  return {entry: {case: 'record', value: {header, ...hashes, signature}}};
}

export function skipEntry(
  {patient, device}: RecordOf,
  fields: ChangesTo<typeof SkipSchema> = {},
): FieldsOf<typeof AnchorEntrySchema> {
  const skip = encodeCanonical(SkipSchema, {
    chainId: TEST_CHAIN,
    patient: patient.id,
    device: device.id,
    registration: 1,
    sequence: 1n,
    typeTag: HEART_RATE,
    tagSequence: fields.sequence ?? 1n,
    ...fields,
  });
  return {entry: {case: 'skip', value: {skip, signature: signDigest(device, taggedHash('skip', skip))}}};
}

export const anchorRecords = (entries: FieldsOf<typeof AnchorEntrySchema>[]): TxMessage => ({
  case: 'anchorRecords',
  value: {entries},
});

/** Keys of the people in most tests. */
export const PEOPLE = {
  patient: testKey('patient'),
  recovery: testKey('recovery'),
  clinician: testKey('clinician'),
  device: testKey('device'),
  stranger: testKey('stranger'),
  strangerRecovery: testKey('stranger recovery'),
} as const;
