import fc from 'fast-check';
import {CODE, decodeCanonical, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {AnchorResultsSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {CheckedTx} from './check-structure.js';
import type {Outcome} from './message-rules.js';
import {sizeOf} from './overlay.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  tag,
  TEST_CHAIN,
  TEST_SLOT,
  testGenesis,
  testKey,
  testOrganisation,
  UnsignedLedger,
  withPart,
} from '../testing/index.js';
import type {TestKey, TestOrganisation} from '../testing/index.js';

/** Everybody of one organisation. */
interface Side {
  readonly organisation: TestOrganisation;
  readonly patients: readonly TestKey[];
  readonly members: readonly TestKey[];
  readonly devices: readonly TestKey[];
}

const side = (name: string, people: number): Side => {
  const keys = (of: string): TestKey[] => Array.from({length: people}, (_, i) => testKey(`${name} ${of} ${String(i)}`));
  return {
    organisation: testOrganisation(name),
    patients: keys('patient'),
    members: keys('member'),
    devices: keys('device'),
  };
};
const hostile = side('hospital', 12);
const clinic = side('clinic', 5);
const genesis = testGenesis(['hospital', 'clinic', 'laboratory'], {
  ...DEFAULT_PARAMETERS,
  holdings: {...DEFAULT_PARAMETERS.holdings, rights: 6},
  holdingsPerSuccession: {...DEFAULT_PARAMETERS.holdingsPerSuccession, rights: 2},
});

/** What somebody does: `who`, `whom` and `which` choose among all there are. */
interface Act {
  readonly ofHostile: boolean;
  readonly what: number;
  readonly who: number;
  readonly whom: number;
  readonly which: number;
}
const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

function statement(patient: TestKey, byte: number) {
  const fields = {patient: patient.id, typeTag: tag(byte), epoch: 1, fromSlot: TEST_SLOT};
  const publicKey = sha256Of(Uint8Array.of(byte, ...patient.id));
  return {
    statement: encodeCanonical(EpochStatementSchema, {chainId: TEST_CHAIN, publicKey, ...fields}),
    signature: {alg: 1, publicKey: patient.key.publicKey, signature: new Uint8Array(64)},
  };
}

/** An act of either, which is about people of its own; but the hostile ones ask about everybody. */
function made(ledger: UnsignedLedger, {ofHostile, what, who, whom, which}: Act): CheckedTx {
  const {organisation, patients, members, devices} = ofHostile ? hostile : clinic;
  const [patient, member] = [pick(patients, who), pick(members, who)];
  const tx = ledger.tx.bind(ledger);
  switch (what) {
    case 0:
      return tx(organisation.sponsor, enrolPatient(patient, testKey(`recovery of ${String(who % patients.length)}`)));
    case 1:
      return tx(organisation.sponsor, registerMember(organisation, member));
    case 2: {
      const epochStatements = [0, 1, 2].map((more) => statement(patient, 1 + ((which + more) % 40)));
      return tx(patient, {case: 'publishKeys', value: {identity: patient.id, epochStatements}});
    }
    case 3:
      return tx(patient, putGrant(patient.id, organisation.id, {grantId: tag(1 + (which % 40))}));
    case 4:
      return tx(patient, revokeGrant(patient.id, tag(1 + (which % 40))));
    case 5:
      return tx(patient, registerDevice(patient, pick(devices, who), [tag(1)]));
    case 6:
    case 7: {
      const of = {patient, device: pick(devices, who), custodian: organisation};
      const entries = Array.from({length: 4}, (_, i) =>
        recordEntry(of, {sequence: BigInt((which % 200) + i + 1), typeTag: tag(1)}),
      );
      return tx(organisation.storage, {case: 'anchorRecords', value: {entries}});
    }
    case 8:
      return tx(patient, replaceKey(patient, testKey(`next ${String(which)}`), testKey('recovery of 0')));
    default:
      return tx(member, requestAccess(pick(ofHostile ? [...clinic.patients, ...patients] : patients, whom).id));
  }
}

/** The code, and those of what a transaction carries. */
function codesOf({message}: CheckedTx, {code, data}: Outcome): number[] {
  if (data.length === 0) return [code];
  if (message.case === 'anchorRecords')
    return [code, ...decodeCanonical(AnchorResultsSchema, data).results.map((one) => one.code)];
  const carries = message.case === 'publishKeys' || message.case === 'putGrant';
  return carries ? [code, ...decodeCanonical(StatementResultsSchema, data).codes] : [code];
}

const act: fc.Arbitrary<Act> = fc.record({
  ofHostile: fc.oneof({arbitrary: fc.constant(true), weight: 2}, {arbitrary: fc.constant(false), weight: 1}),
  what: fc.nat(10),
  who: fc.nat(60),
  whom: fc.nat(60),
  which: fc.nat(1_000),
});

test('what an organisation may do is what it may on a ledger where nobody else does anything', () => {
  const seen = {hostileFull: 0, clinicFull: 0, clinicWentOn: 0};
  fc.assert(
    fc.property(fc.array(act, {minLength: 500, maxLength: 500}), (acts) => {
      const [together, alone] = [new UnsignedLedger(genesis), new UnsignedLedger(genesis)];
      for (const {state} of [together, alone]) withPart(state, {keys: 160n, leaves: 50n});
      let hostileFull = 0;
      for (const one of acts) {
        const codesIn = (ledger: UnsignedLedger): number[] => {
          const tx = made(ledger, one);
          return codesOf(tx, ledger.execute([tx], 1)[0] as Outcome);
        };
        const codes = codesIn(together);
        const isFull = codes.includes(CODE.stateFull);
        if (one.ofHostile) {
          hostileFull += Number(isFull);
          alone.commit([], 1);
          continue;
        }
        expect({one, codes}).toEqual({one, codes: codesIn(alone)});
        seen.clinicFull += Number(isFull);
        seen.clinicWentOn += Number(hostileFull > 10 && codes.every((code) => code === CODE.ok));
      }
      seen.hostileFull += hostileFull;
      expect(sizeOf(together.state)).toMatchObject(together.state.count());
    }),
    {numRuns: 6, endOnFailure: true},
  );
  // Both were full, and one went on when the other was: else nothing was shown.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(30);
}, 120_000);
