import fc from 'fast-check';
import {CODE, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {EpochStatementSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {CheckedTx} from './check-structure.js';
import {HOLDINGS} from './holdings.js';
import {sizeOf} from './overlay.js';
import {load, SLOTS} from './state-slots.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  hash,
  putGrant,
  registerDevice,
  registerMember,
  requestAccess,
  revokeGrant,
  tag,
  TEST_CHAIN,
  TEST_TIME,
  testGenesis,
  testKey,
  testOrganisation,
  UnsignedLedger,
  withPart,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';

const BLOCKS = 1_200;
/** Grants of Anna's from before it began: she revokes one in 300 blocks, the last when the state is long full. */
const HERS = [101, 102, 103, 104];
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const holdings = {tags: 3, epochs: 6, liveGrants: 4, grants: 12, registrations: 6, liveDevices: 3, rights: 12};
const parameters = {
  ...DEFAULT_PARAMETERS,
  holdings,
  rights: {burst: 8, refill: 1, seconds: 20},
  ownerEntries: {burst: 30, refill: 1, seconds: 30},
  deviceEntries: {burst: 20, refill: 1, seconds: 30},
  refusals: {burst: 2, refill: 1, seconds: 200},
  organisationRefusals: {burst: 4, refill: 1, seconds: 100},
  organisationRequests: {burst: 12, refill: 1, seconds: 50},
  enrolments: {burst: 12, refill: 1, seconds: 15},
};
/** Of each organisation. */
const part = {keys: 100n, leaves: 200n};
const genesis = testGenesis(['hospital', 'clinic'], parameters);
const keys = (name: string, count: number): TestKey[] =>
  Array.from({length: count}, (_, i) => testKey(`${name} ${String(i)}`));
const anna = testKey('anna');
const patients = [anna, ...keys('patient', 12)];
const members = keys('member', 8);
const devices = keys('device', 10);
const signature = new Uint8Array(64);

const statement = (patient: TestKey, byte: number, epoch: number, fromSlot: number) => ({
  statement: encodeCanonical(EpochStatementSchema, {
    chainId: TEST_CHAIN,
    patient: patient.id,
    typeTag: tag(byte),
    epoch,
    publicKey: sha256Of(Uint8Array.of(byte, epoch, ...patient.id)),
    fromSlot,
  }),
  signature: {alg: 1, publicKey: patient.key.publicKey, signature},
});

function record(patient: TestKey, device: TestKey, sequence: bigint, slot: number) {
  const header = encodeCanonical(RecordHeaderSchema, {
    version: 1,
    kind: 1,
    chainId: TEST_CHAIN,
    patient: patient.id,
    device: device.id,
    registration: 1,
    typeTag: tag(1),
    epoch: 1,
    slot,
    sequence,
    tagSequence: sequence,
    count: 1,
    releaseSuite: 1,
    releaseKeyId: hospital.release.id,
  });
  const hashes = {ciphertextHash: hash(1), innerKeyHash: hash(2), sealedKeyHash: hash(3)};
  return {entry: {case: 'record' as const, value: {header, ...hashes, signature}}};
}

/** What a step of somebody may be: `who`, `whom` and `which` choose among all there are. */
interface Step {
  readonly what: number;
  readonly who: number;
  readonly whom: number;
  readonly which: number;
}
const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

/** Everybody but Anna at her worst: new people, keys, grants, devices, records and questions, mostly refused. */
function hostile({tx, block}: Pick<UnsignedLedger, 'tx' | 'block'>, {what, who, whom, which}: Step): CheckedTx {
  const patient = pick(patients.slice(1), who);
  const member = pick(members, who);
  const device = pick(devices, which);
  const slot = Number(block.time / 3_600n);
  const organisation = pick([hospital, clinic], whom);
  switch (what) {
    case 0:
      return tx(organisation.sponsor, enrolPatient(patient, testKey(`recovery ${String(who % 12)}`)));
    case 1:
      return tx(organisation.sponsor, registerMember(organisation, member));
    case 2: {
      const epochStatements = [1, 2, 3, 4].map((byte) => statement(patient, byte, 1 + (which % 3), slot + (which % 3)));
      return tx(patient, {case: 'publishKeys', value: {identity: patient.id, epochStatements}});
    }
    case 3:
      return tx(patient, putGrant(patient.id, pick([hospital.id, clinic.id], whom), {grantId: tag(1 + (which % 40))}));
    case 4:
      return tx(patient, revokeGrant(patient.id, tag(1 + (which % 40))));
    case 5:
      return tx(patient, registerDevice(patient, device, [tag(1)]));
    case 6:
      return tx(patient, {case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}});
    case 7: {
      const entries = Array.from({length: 12}, (_, i) => record(patient, device, BigInt(which + i + 1), slot));
      return tx(hospital.storage, {case: 'anchorRecords', value: {entries}});
    }
    default:
      return tx(member, requestAccess(pick(patients, whom).id, {grantId: tag(1 + (which % 4))}));
  }
}

const step = fc.record({what: fc.nat(10), who: fc.nat(1_000), whom: fc.nat(1_000), which: fc.nat(1_000)});
const blocks = fc.array(fc.record({seconds: fc.nat(4), steps: fc.array(step, {maxLength: 6, minLength: 1})}), {
  minLength: 60,
  maxLength: 60,
});

function check(arena: UnsignedLedger): void {
  const {organisations, leaves} = sizeOf(arena.state);
  for (const {keys: own} of organisations) expect(own).toBeLessThanOrEqual(part.keys);
  let ended = 0;
  for (const {id} of patients) {
    const held = load(arena.state, SLOTS.holdings, [id]);
    if (held === undefined) continue;
    for (const name of HOLDINGS) expect(held[name]).toBeLessThanOrEqual(holdings[name]);
    ended += held.grants - held.liveGrants + held.registrations - held.liveDevices;
  }
  // What ends a right has its leaf though there is no room, and so has the first right of each patient.
  expect(leaves).toBeLessThanOrEqual(2n * part.leaves + BigInt(ended + patients.length));
}

/** Leaves of Anna's log that readers of one organisation can have made since the beginning. */
function checkLog({state, block}: UnsignedLedger): void {
  const seconds = Number(block.time - TEST_TIME);
  const most = (quota: {burst: number; refill: number; seconds: number}): number =>
    quota.burst + quota.refill * Math.floor(seconds / quota.seconds);
  const size = Number(load(state, SLOTS.accessLog, [anna.id])?.size ?? 0n);
  const own = most(parameters.rights) + 1;
  expect(size).toBeLessThanOrEqual(2 * most(parameters.organisationRequests) + own);
}

test('nobody passes a ceiling, whatever all others do; and what Anna granted she always revokes', () => {
  let refusedFull = 0;
  fc.assert(
    fc.property(blocks, (rounds) => {
      const arena = new UnsignedLedger(genesis);
      withPart(arena.state, part);
      const begun = [
        arena.tx(hospital.sponsor, enrolPatient(anna, testKey('anna recovery'))),
        arena.tx(hospital.sponsor, registerMember(hospital, pick(members, 0))),
        ...HERS.map((byte) => arena.tx(anna, putGrant(anna.id, hospital.id, {grantId: tag(byte)}))),
      ];
      expect(new Set(arena.commit(begun, 1))).toEqual(new Set([0]));
      const live = [...HERS];
      for (let height = 0; height < BLOCKS; height++) {
        const {seconds, steps} = pick(rounds, height);
        const bound = {tx: arena.tx.bind(arena), block: arena.block};
        const shifted = steps.map((one) => ({...one, which: one.which + height}));
        const txs = shifted.map((one) => hostile(bound, one));
        const revoked = height % 300 === 299 ? live.pop() : undefined;
        if (revoked !== undefined) txs.push(arena.tx(anna, revokeGrant(anna.id, tag(revoked))));
        const codes = arena.commit(txs, seconds);
        refusedFull += codes.filter((code) => code === CODE.stateFull).length;
        if (revoked !== undefined) expect(codes.at(-1)).toBe(0);
        if (height % 50 === 0) check(arena);
      }
      expect(live).toEqual([]);
      check(arena);
      checkLog(arena);
      expect(sizeOf(arena.state)).toMatchObject(arena.state.count());
    }),
    {numRuns: 2, endOnFailure: true},
  );
  // The ceilings were reached, else nothing was shown.
  expect(refusedFull).toBeGreaterThan(100);
}, 120_000);
