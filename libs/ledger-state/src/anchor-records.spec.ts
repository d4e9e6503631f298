import {ALG_X25519, build, CODE, decodeCanonical, encodeCanonical, keyId, STATE_KIND} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import type {FieldsOf} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {QuotaSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {AnchorEntrySchema, AnchorResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {numberPart, verifyRecordLog} from '@vitalvault/proofs';
import {tokensLeft} from './buckets.js';
import {checkStructure} from './check-structure.js';
import {executeBlock, parametersOf} from './execute-block.js';
import {load, SLOTS} from './state-slots.js';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  recordEntry,
  registerDevice,
  skipEntry,
  tag,
  TEST_CHAIN,
  TEST_PORTS,
  TEST_SLOT,
  testEncryptionKey,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
  withParameters,
} from '../testing/index.js';

type Entry = FieldsOf<typeof AnchorEntrySchema>;
const EMPTY = incomplete(AnchorEntrySchema, {});

const {patient, recovery, device, stranger} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const people = {patient, device, custodian: hospital};

function begun(parameters = DEFAULT_PARAMETERS, genesis = testGenesis(['hospital', 'clinic'], parameters)): TestLedger {
  const ledger = new TestLedger(genesis);
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  expect(ledger.run(registerDevice(patient, device, [tag(1), tag(0xaa)], TEST_SLOT - 10), [patient, device]).code).toBe(
    0,
  );
  expect(
    ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}}, [
      patient,
    ]).code,
  ).toBe(0);
  return ledger;
}
function anchor(ledger: TestLedger, entries: Entry[], storage = hospital.storage): number[] {
  const outcome = ledger.run(anchorRecords(entries), [storage]);
  expect(outcome.code).toBe(0);
  return decodeCanonical(AnchorResultsSchema, outcome.data).results.map(({code}) => code);
}
const record = (fields: Parameters<typeof recordEntry>[1] = {}, signer = device): Entry =>
  recordEntry(people, fields, signer);

test('leaves in order, with their index, height, transaction and custodian; a bad entry is refused alone', () => {
  const ledger = begun();
  expect(
    anchor(ledger, [
      record(),
      record({sequence: 2n}, stranger),
      record({sequence: 3n}),
      skipEntry(people, {sequence: 2n}),
    ]),
  ).toEqual([0, CODE.entrySignature, 0, 0]);
  const leaves = ledger.recordLog(patient.id);
  expect(leaves.map(({index, height, entry}) => [index, height, entry?.entry.case])).toEqual([
    [0n, 4n, 'record'],
    [1n, 4n, 'record'],
    [2n, 4n, 'skip'],
  ]);
  expect(leaves[0]).toMatchObject({organisation: hospital.id, blockTime: ledger.block.time});
  const head = load(ledger.state, SLOTS.recordLog, [patient.id]);
  expect(
    verifyRecordLog({
      head: head ?? {size: 0, root: new Uint8Array()},
      leaves: ledger.state.leaves(STATE_KIND.recordLog, patient.id),
    }).ok,
  ).toBe(true);
  expect(load(ledger.state, SLOTS.sequenceWindow, [device.id, numberPart(1)])?.base).toBe(4n);
});

test('entryUndecodable: not canonical, lengths and ranges in the header', () => {
  const ledger = begun();
  const good = record();
  if (good.entry.case !== 'record') throw new Error('no record');
  const {value} = good.entry;
  const {header} = value;
  const changed = (fields: Partial<typeof value>): Entry => ({entry: {case: 'record', value: {...value, ...fields}}});
  const bad = [
    changed({header: new Uint8Array(512)}),
    changed({header: Uint8Array.of(...header, 0)}),
    ...[
      {version: 2},
      {kind: 2},
      {patient: tag(1)},
      {device: tag(1)},
      {registration: 0},
      {typeTag: new Uint8Array(0)},
      {epoch: 0},
      {sequence: 0n},
      {tagSequence: 0n},
      {count: 0},
      {count: 65},
      {releaseSuite: 2},
      {releaseKeyId: tag(1)},
    ].map((fields) => record(fields)),
    {entry: {case: 'skip' as const, value: {skip: new Uint8Array(200), signature: new Uint8Array(64)}}},
  ];
  expect(anchor(ledger, bad)).toEqual(bad.map(() => CODE.entryUndecodable));
});

test("unknownDevice: no device, no such registration, another patient's", () => {
  const ledger = begun();
  expect(
    anchor(ledger, [
      recordEntry({...people, device: stranger}),
      record({registration: 2}),
      recordEntry({...people, patient: stranger}, {}, device),
    ]),
  ).toEqual(Array(3).fill(CODE.unknownDevice));
});

test('wrongChain, for records and skips', () => {
  const ledger = begun();
  expect(anchor(ledger, [record({chainId: 'another'}), skipEntry(people, {chainId: 'another'})])).toEqual([
    CODE.wrongChain,
    CODE.wrongChain,
  ]);
});

test("slots: from the registration's on, at the most one ahead, before distrust", () => {
  const ledger = begun();
  expect(
    anchor(ledger, [
      record({slot: TEST_SLOT - 11}),
      record({slot: TEST_SLOT - 10}),
      record({sequence: 2n, slot: TEST_SLOT + 2}),
      record({sequence: 2n, slot: TEST_SLOT + 1}),
    ]),
  ).toEqual([CODE.entrySlot, 0, CODE.entryFutureSlot, 0]);
  expect(
    ledger.run(
      {
        case: 'removeDevice',
        value: {owner: patient.id, device: device.id, distrustFromSlot: TEST_SLOT - 4, registration: 1},
      },
      [patient],
    ).code,
  ).toBe(0);
  expect(
    anchor(ledger, [record({sequence: 3n, slot: TEST_SLOT - 4}), record({sequence: 3n, slot: TEST_SLOT - 5})]),
  ).toEqual([CODE.deviceRemoved, 0]);
});

test("entryTag: not the registration's, zero; in skips too", () => {
  const ledger = begun();
  expect(
    anchor(ledger, [
      record({typeTag: tag(2)}),
      record({typeTag: tag(0)}),
      skipEntry(people, {typeTag: tag(2)}),
      skipEntry(people, {typeTag: tag(0)}),
    ]),
  ).toEqual(Array(4).fill(CODE.entryTag));
});

test('entryEpoch: an epoch covers its slots, inclusive at both ends, whenever the record arrives', () => {
  const ledger = begun();
  const statements = [epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT - 1})];
  expect([
    ...ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: statements}}, [patient]).data,
  ]).toEqual([0x0a, 1, 0]);
  const slots = (epoch: number, slot: number, sequence: bigint): Entry => record({epoch, slot, sequence});
  expect(
    anchor(ledger, [
      slots(1, TEST_SLOT - 1, 1n),
      slots(2, TEST_SLOT - 1, 2n),
      slots(1, TEST_SLOT, 3n),
      slots(2, TEST_SLOT - 2, 3n),
      slots(2, TEST_SLOT, 3n),
      slots(3, TEST_SLOT, 4n),
      record({typeTag: tag(1), sequence: 4n}),
    ]),
  ).toEqual([0, 0, CODE.entryEpoch, CODE.entryEpoch, 0, CODE.entryEpoch, CODE.entryEpoch]);
});

test("entryReleaseKey: the custodian's own, a release key, in its slots at the block or at the record", () => {
  const genesis = decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic']));
  const release = (name: string) => testEncryptionKey(name).publicKey;
  const periods = [
    {name: 'past', fromSlot: 1, toSlot: TEST_SLOT - 3},
    {name: 'over', fromSlot: 1, toSlot: TEST_SLOT - 20},
    {name: 'coming', fromSlot: TEST_SLOT + 1, toSlot: 0},
    {name: 'now', fromSlot: TEST_SLOT, toSlot: TEST_SLOT},
  ];
  for (const {name, fromSlot, toSlot} of periods) {
    genesis.organisations
      .find(({name: of}) => of === 'hospital')
      ?.keys.push({
        $typeName: 'vitalvault.genesis.v1.GenesisKey',
        key: {$typeName: 'vitalvault.record.v1.SigningKey', alg: ALG_X25519, publicKey: release(name)},
        role: 6,
        fromSlot,
        toSlot,
      });
  }
  const ledger = begun(DEFAULT_PARAMETERS, encodeCanonical(GenesisSchema, genesis));
  const id = (name: string): Uint8Array => keyId({alg: ALG_X25519, publicKey: release(name)});
  const sealed = (releaseKeyId: Uint8Array, slot: number, sequence = 9n): Entry =>
    record({releaseKeyId, slot, sequence});
  expect(
    anchor(ledger, [
      sealed(clinic.release.id, TEST_SLOT),
      sealed(hospital.storage.id, TEST_SLOT),
      sealed(id('nobody'), TEST_SLOT),
      sealed(id('over'), TEST_SLOT - 5),
      sealed(id('coming'), TEST_SLOT),
      sealed(id('past'), TEST_SLOT),
    ]),
  ).toEqual(Array(6).fill(CODE.entryReleaseKey));
  expect(
    anchor(ledger, [
      sealed(id('past'), TEST_SLOT - 3, 1n),
      sealed(id('coming'), TEST_SLOT + 1, 2n),
      sealed(id('now'), TEST_SLOT - 9, 3n),
    ]),
  ).toEqual([0, 0, 0]);
  // Another custodian cannot anchor what is sealed to this one.
  expect(anchor(ledger, [record({sequence: 4n})], clinic.storage)).toEqual([CODE.entryReleaseKey]);
});

test('sequence: once each, any order inside the window, which begins at the lowest number not taken', () => {
  const ledger = begun();
  expect(
    anchor(ledger, [
      record({sequence: 1_025n}),
      record({sequence: 1_024n}),
      record({sequence: 1_024n}),
      skipEntry(people, {sequence: 1n}),
      record({sequence: 1n}),
      record({sequence: 1_025n}),
      record({sequence: 1_026n}),
    ]),
  ).toEqual([CODE.entryWindow, 0, CODE.entryDuplicate, 0, CODE.entryDuplicate, 0, CODE.entryWindow]);
});

test('each registration has a sequence of its own', () => {
  const ledger = begun();
  expect(anchor(ledger, [record()])).toEqual([0]);
  expect(
    ledger.run(
      {
        case: 'removeDevice',
        value: {owner: patient.id, device: device.id, distrustFromSlot: TEST_SLOT, registration: 1},
      },
      [patient],
    ).code,
  ).toBe(0);
  expect(ledger.run(registerDevice(patient, device), [patient, device]).code).toBe(0);
  expect(anchor(ledger, [record({registration: 2}), record(), record({sequence: 2n})])).toEqual([
    0,
    CODE.entryDuplicate,
    0,
  ]);
});

describe('entryQuota', () => {
  const few = {
    deviceEntries: build(QuotaSchema, {burst: 3, refill: 1, seconds: 1}),
    ownerEntries: build(QuotaSchema, {burst: 5, refill: 1, seconds: 1}),
    organisationEntries: build(QuotaSchema, {burst: 8, refill: 1, seconds: 1}),
  };
  const scarce = (): TestLedger => {
    const ledger = begun();
    withParameters(ledger.state, few);
    return ledger;
  };
  const left = (ledger: TestLedger): bigint[] =>
    [
      {bucket: 'deviceEntries' as const, identities: [device.id]},
      {bucket: 'ownerEntries' as const, identities: [patient.id]},
      {bucket: 'organisationEntries' as const, identities: [hospital.id]},
    ].map((of) => tokensLeft(ledger.state, of, {parameters: parametersOf(ledger.state), block: ledger.block}));

  test('device and owner, both or none; the organisation for every entry', () => {
    const ledger = scarce();
    const second = testKey('second device');
    expect(ledger.run(registerDevice(patient, second), [patient, second]).code).toBe(0);
    const of = (count: number, who: typeof device): Entry[] =>
      Array.from({length: count}, (_, i) => recordEntry({...people, device: who}, {sequence: BigInt(i + 1)}));
    expect(anchor(ledger, [...of(4, device), ...of(4, second)])).toEqual([
      0,
      0,
      0,
      CODE.entryQuota,
      0,
      0,
      CODE.entryQuota,
      CODE.entryQuota,
    ]);
    // The fourth was refused by the device's bucket, the seventh and the eighth by the owner's.
    expect(left(ledger)).toEqual([0n, 0n, 0n]);
  });

  test('what is refused costs the custodian, and nobody else, a token', () => {
    const ledger = scarce();
    const refused = [record({}, stranger), record({slot: 1}), record({sequence: 5_000n}), record({kind: 2}), record()];
    expect(anchor(ledger, refused)).toEqual([
      CODE.entrySignature,
      CODE.entrySlot,
      CODE.entryWindow,
      CODE.entryUndecodable,
      0,
    ]);
    expect(left(ledger)).toEqual([2n, 4n, 3n]);
  });

  test('quota: one entry more than tokens, and nothing is looked at or taken, as often as it comes', () => {
    const ledger = scarce();
    let looked = 0;
    const counting = {
      ...TEST_PORTS,
      verify: (...given: Parameters<typeof TEST_PORTS.verify>): boolean => {
        looked++;
        return TEST_PORTS.verify(...given);
      },
    };
    const of = (entries: number): Uint8Array =>
      ledger.tx(anchorRecords(Array.from({length: entries}, () => record({}, stranger))), [hospital.storage]);
    const checked = [of(9), of(200), of(8), of(1)].map((tx) => checkStructure(tx, TEST_CHAIN, TEST_PORTS));
    const block = {height: ledger.block.height + 1n, time: ledger.block.time + 1n};
    const {results} = executeBlock(ledger.state, {chainId: TEST_CHAIN, block, ports: counting}, checked);
    expect(results.map(({code, data}) => [code, data.length > 0])).toEqual([
      [CODE.quota, false],
      [CODE.quota, false],
      [0, true],
      [CODE.quota, false],
    ]);
    expect(looked).toBe(8);
  });
});

test('invalidField: no entry, more than 200, and one whose lengths are not right among good ones', () => {
  const ledger = begun();
  const code = (entries: Entry[]): number => ledger.run(anchorRecords(entries), [hospital.storage]).code;
  const good = record();
  if (good.entry.case !== 'record') throw new Error('no record');
  const {value} = good.entry;
  const long: Entry = {entry: {case: 'record', value: {...value, header: new Uint8Array(65_000)}}};
  const longSkip: Entry = {entry: {case: 'skip', value: {skip: new Uint8Array(201), signature: new Uint8Array(64)}}};
  const bad = [[], Array.from({length: 201}, () => good), [EMPTY], [good, EMPTY], [long], [longSkip]];
  expect(bad.map(code)).toEqual(bad.map(() => CODE.invalidField));
  expect(
    anchor(
      ledger,
      Array.from({length: 200}, () => good),
    ),
  ).toHaveLength(200);
});
