import type {DescField} from '@bufbuild/protobuf';
import {CODE, encodeCanonical, NO_TERMS} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {AnchorEntrySchema, BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {checkStructure} from './check-structure.js';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  keySuccession,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
  signedBody,
  skipEntry,
  tag,
  TEST_CHAIN,
  TEST_PORTS,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const [nothing, short, long] = [0, 19, 33].map((length) => new Uint8Array(length).fill(2));
const notKeys = [undefined, {alg: 2, publicKey: patient.key.publicKey}, {alg: 1, publicKey: long!.fill(4)}];
const notIdentities = [nothing, short];
const notTags = [[tag(2), tag(1)], [tag(1), tag(1)], [short]];
const people = {patient, device, custodian: hospital};
const changedEntry = (good: ReturnType<typeof recordEntry>, field: string, length: number) => ({
  entry: {case: good.entry.case, value: {...good.entry.value, [field]: new Uint8Array(length).fill(1)}},
});
/** Entries that are neither record nor skip, or with one field that is too long or too short. */
const badEntries = [
  incomplete(AnchorEntrySchema, {}),
  ...['ciphertextHash', 'innerKeyHash', 'sealedKeyHash'].flatMap((field) =>
    [0, 31, 33].map((length) => changedEntry(recordEntry(people), field, length)),
  ),
  ...[0, 513, 60_000].map((length) => changedEntry(recordEntry(people), 'header', length)),
  ...[0, 63, 65].map((length) => changedEntry(recordEntry(people), 'signature', length)),
  ...[0, 201].map((length) => changedEntry(skipEntry(people), 'skip', length)),
  ...[0, 63, 65].map((length) => changedEntry(skipEntry(people), 'signature', length)),
];
/** A field that no value of is refused. */
const EVERY_VALUE = 'every value';

/** Valid messages, and for every field values that are refused in them. */
const CASES: readonly {good: TxMessage; bad: Record<string, readonly unknown[] | typeof EVERY_VALUE>}[] = [
  {
    good: enrolPatient(patient, recovery),
    bad: {signing_key: notKeys, encryption_key: [nothing, long], recovery_key: [...notKeys, patient.key]},
  },
  {
    good: {case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}},
    bad: {
      identity: notIdentities,
      encryption_key: [short],
      new_signing_key: notKeys.slice(1),
      epoch_statements: [[], Array(65).fill(epochStatement(patient)), [{}]],
      succession: [keySuccession(patient, clinician, recovery)],
    },
  },
  {
    good: registerDevice(patient, device),
    bad: {
      owner: notIdentities,
      device_key: notKeys,
      type_tags: [[], [tag(0)], ...notTags, Array.from({length: 33}, (_, i) => tag(i + 1))],
      device_class: [0, 5],
      from_slot: EVERY_VALUE,
    },
  },
  {
    good: {case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}},
    bad: {owner: notIdentities, device: notIdentities, distrust_from_slot: EVERY_VALUE, registration: [0]},
  },
  {
    good: registerMember(hospital, clinician),
    bad: {
      organisation: notIdentities,
      signing_key: notKeys,
      encryption_key: [nothing],
      role: [0, 5],
      profile_hash: [nothing, long],
    },
  },
  {
    good: {case: 'suspendMember', value: {organisation: hospital.id, member: clinician.id}},
    bad: {organisation: notIdentities, member: notIdentities},
  },
  {
    good: putGrant(patient.id, clinician.id),
    bad: {
      patient: notIdentities,
      grant_id: [nothing, tag(0)],
      version: [0],
      grantee: notIdentities,
      type_tags: [[tag(0), tag(1)], ...notTags],
      actions: [[], [0], [3], [2, 1]],
      purposes: [[], [9], [1, 1]],
      access_to_slot: [0],
      data_to_slot: [0],
      parent_grant: [tag(1)],
      epoch_statements: [[{}]],
    },
  },
  {
    good: {case: 'putGrant', value: {patient: patient.id, grantId: tag(1), version: 0, ...NO_TERMS}},
    bad: {
      grantee: [clinician.id],
      actions: [[1]],
      purposes: [[1]],
      access_from_slot: [1],
      access_to_slot: [1],
      data_from_slot: [1],
      data_to_slot: [1],
      max_reads: [1],
      parent_grant: [tag(1)],
    },
  },
  {
    good: anchorRecords([recordEntry(people)]),
    bad: {entries: [[], Array(201).fill(recordEntry(people)), ...badEntries.map((bad) => [recordEntry(people), bad])]},
  },
  {
    good: requestAccess(patient.id),
    bad: {
      patient: notIdentities,
      grant_id: [nothing],
      type_tag: [short],
      slot_from: EVERY_VALUE,
      slot_to: [0],
      purpose: [0, 9],
      action: [0, 3],
      reader_key: [nothing, long],
      details_hash: [nothing, long],
    },
  },
];

const fieldsOf = (kind: TxMessage['case']): readonly DescField[] => BodySchema.field[kind].message?.fields ?? [];
const parts = {version: 1, chainId: TEST_CHAIN, expiresAtHeight: 9n, expiresAtTime: 9n, nonce: 1n};
const check = (body: object) =>
  checkStructure(
    signedBody(encodeCanonical(BodySchema, incomplete(BodySchema, {...parts, ...body})), [patient]),
    TEST_CHAIN,
    TEST_PORTS,
  );
const refusal = (field: string) => ({ok: false, code: CODE.invalidField, field});

it('every field of every message of tx.proto has a value that is refused, or is said to have none', () => {
  for (const {name, localName, message} of BodySchema.oneofs[0]?.fields ?? []) {
    const cases = CASES.filter(({good}) => good.case === localName);
    expect([name, new Set(cases.flatMap(({bad}) => Object.keys(bad)))]).toEqual([
      name,
      new Set(message?.fields.map((field) => field.name)),
    ]);
  }
});

describe.each(CASES)('$good.case', ({good, bad}) => {
  it('is valid as it is', () => {
    expect(check({message: good})).not.toHaveProperty('field');
  });

  it.each(Object.entries(bad).filter(([, values]) => values !== EVERY_VALUE))('names %s', (name, values) => {
    const field = fieldsOf(good.case).find((one) => one.name === name);
    for (const value of values as unknown[]) {
      const message = {case: good.case, value: {...good.value, [field?.localName ?? '']: value}};
      expect([value, check({message})]).toEqual([value, refusal(name)]);
    }
  });
});

it('of two refused fields the first in the .proto is named', () => {
  const value = {...requestAccess(patient.id).value, detailsHash: nothing, typeTag: nothing};
  expect(check({message: {case: 'requestAccess', value}})).toEqual(refusal('type_tag'));
});

it('what is refused around the message is named too', () => {
  expect(check({message: {case: undefined}})).toEqual(refusal('message'));
  expect(check({message: requestAccess(patient.id), nonce: 0n})).toEqual(refusal('nonce'));
  const body = encodeCanonical(BodySchema, {...parts, message: requestAccess(patient.id)});
  const tx = encodeCanonical(TxSchema, {body, signatures: [{alg: 1, publicKey: nothing!, signature: nothing!}]});
  expect(checkStructure(tx, TEST_CHAIN, TEST_PORTS)).toEqual(refusal('signatures'));
});
