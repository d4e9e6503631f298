import {CODE, encodeCanonical, toHex} from '@vitalvault/contracts';
import type {CodeName} from '@vitalvault/contracts';
import {AnchorResultsSchema, BodySchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  DEFAULT_PARAMETERS,
  HEART_RATE,
  PEOPLE,
  TEST_CHAIN,
  TEST_SLOT,
  TEST_TIME,
  TestLedger,
  anchorRecords,
  enrolPatient,
  epochStatement,
  hash,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  sampleBody,
  signedBody,
  tag,
  testGenesis,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {ownRules, WORN} from './order-own-rules.ts';

const {patient, recovery, clinician, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const nobody = testKey('nobody');
const nurse = testKey('nurse');
const newcomer = testKey('newcomer');
/** Removed, and distrusted from the beginning. */
const lost = testKey('lost device');

/** One transaction for which two refusals hold, and what it gives. */
export interface OrderCase {
  readonly of: string;
  /** By name, in the order of the text: the first one is given. */
  readonly holds: readonly [CodeName, CodeName];
  readonly tx: Uint8Array;
  /** Of the whole transaction, and its canonical `data`. */
  readonly code: number;
  readonly data: Uint8Array;
}

/** A fault by the code that it has, and what it changes; in the order of docs/protocol.md §4. */
type Faults<F> = readonly (readonly [CodeName, F])[];

/** Every two of them that can hold at once. */
function pairs<F>(faults: Faults<F>, never: readonly string[] = []): (readonly [CodeName, CodeName, F])[] {
  return faults.flatMap(([first, change], i) =>
    faults
      .slice(i + 1)
      .filter(([second]) => !never.includes(`${first} ${second}`))
      .map(([second, other]) => [first, second, {...other, ...change}] as const),
  );
}

interface Structure {
  readonly version?: number;
  readonly chainId?: string;
  readonly nonce?: bigint;
  readonly signers?: TestKey[];
  readonly forged?: true;
  readonly unknownField?: true;
}
const STRUCTURE: Faults<Structure> = [
  ['undecodable', {unknownField: true}],
  ['wrongVersion', {version: 2}],
  ['wrongChain', {chainId: 'another'}],
  ['invalidField', {nonce: 0n}],
  ['wrongSigners', {signers: [patient, patient]}],
  ['badSignature', {forged: true}],
];

interface AgainstState {
  readonly expiresAtHeight?: bigint;
  readonly expiresAtTime?: bigint;
  readonly nonce?: bigint;
  readonly signer?: TestKey;
  readonly organisation?: typeof hospital;
}
const COMMON: Faults<AgainstState> = [
  ['expired', {expiresAtHeight: 0n}],
  ['expiryTooFar', {expiresAtTime: TEST_TIME * 2n}],
  ['unknownKey', {signer: nobody}],
  ['notAuthorised', {signer: clinic.storage}],
  ['nonceTooFar', {nonce: 99_999n}],
  ['nonceUsed', {nonce: 1n}],
  // It has used up its enrolments.
  ['quota', {signer: hospital.sponsor, organisation: hospital}],
];

const STATEMENT: Faults<Parameters<typeof epochStatement>[1] & {signer?: TestKey}> = [
  ['invalidField', {typeTag: tag(0)}],
  ['wrongChain', {chainId: 'another'}],
  ['notAuthorised', {patient: stranger.id}],
  ['epochSignature', {signer: stranger}],
  ['epochOrder', {epoch: 9}],
  ['epochSlot', {fromSlot: TEST_SLOT + 999}],
  ['epochKey', {publicKey: hash(7)}],
];

const ENTRY: Faults<Parameters<typeof recordEntry>[1] & {signer?: TestKey}> = [
  ['entryUndecodable', {kind: 2}],
  ['unknownDevice', {registration: 7}],
  ['wrongChain', {chainId: 'another'}],
  ['entrySignature', {signer: stranger}],
  ['deviceRemoved', {device: lost.id, signer: lost}],
  ['entrySlot', {slot: 2}],
  ['entryFutureSlot', {slot: TEST_SLOT + 999}],
  ['entryTag', {typeTag: tag(0xcc)}],
  ['entryEpoch', {epoch: 9}],
  ['entryReleaseKey', {releaseKeyId: stranger.id}],
  ['entryDuplicate', {sequence: 1n}],
  ['entryWindow', {sequence: 5_000n}],
];
/** What cannot hold at once, or not in this story. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  // A key of nobody has neither organisation nor used nonces; a key of the wrong role no quota of its own.
  common: ['unknownKey notAuthorised', 'unknownKey nonceUsed', 'unknownKey quota', 'nonceTooFar nonceUsed'],
  // A slot is too early or too late; the sequence of a device that is lost is untouched.
  entry: ['entrySlot entryFutureSlot', 'entryDuplicate entryWindow', 'deviceRemoved entryDuplicate'],
  PublishKeys: [
    'unknownIdentity invalidField',
    'unknownIdentity keySuccession',
    'unknownIdentity keyTaken',
    'invalidField keySuccession',
  ],
  RemoveDevice: ['unknownDevice deviceRemoved'],
  // Nobody's buckets are full.
  RequestAccess: ['unknownIdentity quota'],
};
/** Of these there need be no case: the largest size, what needs a full state or bucket, what is reserved. */
const WITHOUT = ['tooLarge', 'stateFull', 'ceiling', 'entryQuota', 'entryForgotten'];

function begun(): {ledger: TestLedger; genesis: Uint8Array; setup: Uint8Array[]} {
  const rights = {burst: 1_000, refill: 1, seconds: 3_600};
  const enrolments = {burst: 3, refill: 1, seconds: 31_536_000};
  const genesis = testGenesis(['hospital', 'clinic'], {...DEFAULT_PARAMETERS, rights, enrolments, maxSuccessions: 1});
  const ledger = new TestLedger(genesis);
  const used = epochStatement(patient, {publicKey: hash(7), fromSlot: 1});
  const people = {patient, device, custodian: hospital};
  const setup = [
    ledger.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.tx(enrolPatient(stranger, strangerRecovery), [hospital.sponsor, stranger, strangerRecovery]),
    ledger.tx(registerMember(hospital, clinician), [hospital.admin, clinician]),
    ledger.tx(registerMember(clinic, nurse), [clinic.sponsor, nurse]),
    ledger.tx(enrolPatient(WORN.first, WORN.recovery), [clinic.sponsor, WORN.first, WORN.recovery]),
    ledger.tx(replaceKey(WORN.first, WORN.now, WORN.recovery), [WORN.first, WORN.now]),
    ledger.tx(registerDevice(patient, device, [HEART_RATE], TEST_SLOT - 10), [patient, device]),
    ledger.tx(registerDevice(patient, lost, [HEART_RATE], TEST_SLOT - 10), [patient, lost]),
    ledger.tx(
      {case: 'removeDevice', value: {owner: patient.id, device: lost.id, distrustFromSlot: 1, registration: 1}},
      [patient],
    ),
    ledger.tx({case: 'publishKeys', value: {identity: patient.id, epochStatements: [used]}}, [patient]),
    ledger.tx(putGrant(patient.id, clinician.id, {version: 3}), [patient]),
    ledger.tx(putGrant(patient.id, clinician.id, {grantId: tag(2)}), [patient]),
    ledger.tx(revokeGrant(patient.id, tag(2), 3), [patient]),
    ledger.tx(anchorRecords([recordEntry(people)]), [hospital.storage]),
  ];
  const codes = ledger.commit(setup).results.map(({code}) => code);
  if (codes.some((code) => code !== CODE.ok)) throw new Error(`the story does not begin: ${codes.join(' ')}`);
  return {ledger, genesis, setup};
}

function structure(): OrderCase[] {
  return pairs(STRUCTURE).map(([first, second, {signers = [patient], forged, unknownField, ...changed}], i) => {
    const body = {
      ...sampleBody(requestAccess(patient.id), BigInt(i + 100)),
      expiresAtTime: TEST_TIME + 99n,
      ...changed,
    };
    const tx = signedBody(encodeCanonical(BodySchema, body), signers);
    const bytes = forged === true ? tx.with(tx.length - 1, (tx.at(-1) ?? 0) ^ 1) : tx;
    const whole = unknownField === true ? Uint8Array.of(...bytes, 0x78, 1) : bytes;
    return {of: 'structure', holds: [first, second], tx: whole, ...outcome(first)};
  });
}

function common(ledger: TestLedger): OrderCase[] {
  return pairs(COMMON, NEVER['common']).map(
    ([first, second, {signer = clinic.sponsor, organisation = clinic, ...parts}]) => {
      const tx = ledger.tx(registerMember(organisation, newcomer), [signer, newcomer], parts);
      return {of: 'common', holds: [first, second], tx, ...outcome(first)};
    },
  );
}

function statements(ledger: TestLedger): OrderCase[] {
  return pairs(STATEMENT).map(([first, second, {signer = patient, ...fields}]) => {
    const carried = epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT, ...fields}, signer);
    const value = {identity: patient.id, epochStatements: [carried]};
    const data = encodeCanonical(StatementResultsSchema, {codes: [CODE[first]]});
    const tx = ledger.tx({case: 'publishKeys', value}, [patient]);
    return {of: 'statement', holds: [first, second], tx, code: CODE.ok, data};
  });
}

function entries(ledger: TestLedger): OrderCase[] {
  return pairs(ENTRY, NEVER['entry']).map(([first, second, {signer, ...fields}]) => {
    const people = {patient, device, custodian: hospital};
    const entry = recordEntry(people, {sequence: 2n, ...fields}, signer ?? device);
    const data = encodeCanonical(AnchorResultsSchema, {results: [{code: CODE[first]}]});
    const tx = ledger.tx(anchorRecords([entry]), [hospital.storage]);
    return {of: 'entry', holds: [first, second], tx, code: CODE.ok, data};
  });
}

const outcome = (name: CodeName): {code: number; data: Uint8Array} => ({code: CODE[name], data: new Uint8Array(0)});

/** The whole of test/vectors/ledger-order.json. The codes are not what the ledger said: they are the text's order. */
export function orderVectors() {
  const {ledger, genesis, setup} = begun();
  const cases = [...structure(), ...common(ledger), ...ownRules(ledger), ...statements(ledger), ...entries(ledger)];
  const names = (faults: Faults<unknown>): CodeName[] => faults.map(([name]) => name);
  return {
    source:
      'docs/protocol.md §4.2–§4.5: of two refusals that hold at once the first is given. One block with `setup`, then one with each case, a second apart.',
    chainId: TEST_CHAIN,
    genesis: toHex(genesis),
    setup: setup.map(toHex),
    orders: {structure: names(STRUCTURE), common: names(COMMON), statement: names(STATEMENT), entry: names(ENTRY)},
    never: Object.entries(NEVER).flatMap(([of, all]) => all.map((pair) => [of, ...pair.split(' ')])),
    without: WITHOUT,
    cases: cases.map(({tx, data, ...one}) => ({...one, data: toHex(data), tx: toHex(tx)})),
  };
}
