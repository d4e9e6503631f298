import fc from 'fast-check';
import {CODE, decodeCanonical} from '@vitalvault/contracts';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  putGrant,
  registerMember,
  replaceKey,
  requestAccess,
  TEST_SLOT,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
  withParameters,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';
import {BUCKET, tokensLeft} from './buckets.js';
import type {BucketOf, QuotaName} from './buckets.js';
import {sizeOf} from './overlay.js';
import {refilled} from './refilled.js';
import type {Tokens} from './refilled.js';
import {load, SLOTS} from './state-slots.js';

const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const organisations = [hospital, clinic];
const HOUR = 3_600n;
const PARAMETERS = {
  ...DEFAULT_PARAMETERS,
  accessRequests: {burst: 1_000, refill: 1_000, seconds: 1},
  enrolments: {burst: 1_000, refill: 1_000, seconds: 1},
  refusals: {burst: 2, refill: 1, seconds: 3_600},
  requests: {burst: 3, refill: 1, seconds: 1_200},
  organisationRefusals: {burst: 4, refill: 1, seconds: 1_800},
  organisationRequests: {burst: 5, refill: 2, seconds: 1_000},
};

const patients = Array.from({length: 6}, (_, i) => testKey(`patient ${String(i)}`));
const recoveryOf = (i: number): TestKey => testKey(`recovery ${String(i)}`);
/** Members of the hospital, then of the clinic; and two of the patients. */
const members = Array.from({length: 8}, (_, i) => testKey(`member ${String(i)}`));
const houseOf = (i: number) => organisations[i % 2] as typeof hospital;
const readers = [...members, ...patients.slice(0, 2)];

function begun(parameters = PARAMETERS): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic'], parameters));
  const codes = [
    ...patients.map((key, i) => ledger.run(enrolPatient(key, recoveryOf(i)), [houseOf(i).sponsor, key, recoveryOf(i)])),
    ...members.map((key, i) => ledger.run(registerMember(houseOf(i), key), [houseOf(i).sponsor, key])),
    // Of the first patient everybody of the hospital may read.
    ledger.run(putGrant((patients[0] as TestKey).id, hospital.id, {accessToSlot: TEST_SLOT + 9_999}), [
      patients[0] as TestKey,
    ]),
  ].map(({code}) => code);
  expect(codes.every((code) => code === 0)).toBe(true);
  return ledger;
}

/** Names of an organisation's buckets in the order of its ring, and that each of them is there and once. */
function ring({state}: TestLedger, organisation: Uint8Array): string[] {
  const start = load(state, SLOTS.bucket, [Uint8Array.of(0), organisation])?.next;
  const names: string[] = [];
  for (let at = start; at !== undefined && !names.includes(at.join());) {
    names.push(at.join());
    at = load(state, SLOTS.bucket, [at.slice(0, 1), at.slice(1, 21), at.slice(21)])?.next;
    expect(at).toBeDefined();
  }
  return names;
}

const everyPair: BucketOf[] = patients.flatMap((patient) => [
  ...[...members, ...patients].flatMap((reader) =>
    (['refusals', 'requests'] as const).map((bucket) => ({bucket, identities: [patient.id, reader.id]})),
  ),
  ...organisations.flatMap(({id}) =>
    (['organisationRefusals', 'organisationRequests'] as const).map((bucket) => ({
      bucket,
      identities: [patient.id, id],
    })),
  ),
]);
const stored = ({state}: TestLedger): string[] =>
  everyPair
    .map(({bucket, identities}) => [Uint8Array.of(BUCKET[bucket]), ...identities])
    .filter((parts) => load(state, SLOTS.bucket, parts) !== undefined)
    .map((parts) => parts.flatMap((part) => [...part]).join());

/** The quotas of the text with buckets that are never taken out. */
class Reference {
  private readonly buckets = new Map<string, Tokens>();

  ask(patient: TestKey, reader: number, now: bigint): 'permitted' | 'refused' | number {
    const asks = readers[reader] as TestKey;
    const isHerself = asks.id.join() === patient.id.join();
    const house = houseOf(reader < members.length ? reader : reader - members.length);
    const byGrant = patient === patients[0] && reader < members.length && house === hospital;
    const permit = isHerself || byGrant;
    const of = (who: Uint8Array, bucket: QuotaName): [string, QuotaName] => [
      [bucket, patient.id.join(), who.join()].join('/'),
      bucket,
    ];
    const taken = [
      of(asks.id, 'requests'),
      ...(permit ? [] : [of(asks.id, 'refusals')]),
      ...(isHerself ? [] : [of(house.id, 'organisationRequests')]),
      ...(isHerself || permit ? [] : [of(house.id, 'organisationRefusals')]),
    ].map(([name, bucket]) => {
      const {tokens, time} = refilled(this.buckets.get(name), PARAMETERS[bucket], now);
      return {name, tokens: tokens - 1n, time};
    });
    if (taken.some(({tokens}) => tokens < 0n)) return CODE.quota;
    for (const {name, ...tokens} of taken) this.buckets.set(name, tokens);
    return permit ? 'permitted' : 'refused';
  }
}

const question = fc.record({patient: fc.nat(patients.length - 1), reader: fc.nat(readers.length - 1)});
const block = fc.record({
  seconds: fc.oneof(fc.bigInt(1n, 100n), fc.bigInt(1n, 2n * HOUR), fc.bigInt(1n, 48n * HOUR)),
  questions: fc.array(question, {maxLength: 8}),
});

const codeOf = ({code, data}: {readonly code: number; readonly data: Uint8Array}): string | number => {
  if (code !== 0) return code;
  return decodeCanonical(DecisionSchema, data).permit ? 'permitted' : 'refused';
};

test('quotas decide as if no bucket ever went; rings hold what there is, and the count of keys is true', () => {
  const fresh = begun();
  const base = sizeOf(fresh.state).organisations.map(({keys}) => keys);
  fc.assert(
    fc.property(fc.array(block, {minLength: 1, maxLength: 25}), (blocks) => {
      const ledger = begun();
      const reference = new Reference();
      for (const {seconds, questions} of blocks) {
        const txs = questions.map(({patient, reader}) =>
          ledger.tx(requestAccess((patients[patient] as TestKey).id), [readers[reader] as TestKey], {
            expiresAtTime: ledger.block.time + seconds + HOUR,
          }),
        );
        const results = ledger.commit(txs, seconds).results.map(codeOf);
        const now = ledger.block.time;
        expect(results).toEqual(
          questions.map(({patient, reader}) => reference.ask(patients[patient] as TestKey, reader, now)),
        );
      }
      const rings = organisations.map(({id}) => ring(ledger, id));
      expect(rings.flat().sort()).toEqual(stored(ledger).sort());
      expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
      // Keys that came for each organisation: ring, its hand, and nonces and access requests of who asked.
      sizeOf(ledger.state).organisations.forEach(({keys}, i) => {
        const came = keys - (base[i] as bigint) - BigInt((rings[i] as string[]).length);
        expect(came >= 0n && came <= 1n + 2n * BigInt(readers.length)).toBe(true);
      });
    }),
    {numRuns: 20},
  );
});

test('over days of questions there are no more buckets than twice those that are in use', () => {
  const ledger = begun();
  let most = 0;
  for (let round = 0; round < 200; round++) {
    // One reader asks about one patient every hour; after some hours all of it is full again.
    const reader = members[(round % 4) * 2] as TestKey;
    const patient = patients[1 + (round % 5)] as TestKey;
    const tx = ledger.tx(requestAccess(patient.id), [reader], {expiresAtTime: ledger.block.time + 2n * HOUR});
    expect(ledger.commit([tx], HOUR).results.map(codeOf)).toEqual(['refused']);
    most = Math.max(most, ring(ledger, hospital.id).length);
  }
  // Without an end to them there are 20 readers' pairs and 5 of the house: 50 buckets.
  expect(most).toBeLessThanOrEqual(8);
  expect(stored(ledger)).toHaveLength(ring(ledger, hospital.id).length);
});

test('a bucket alone is its own neighbour, goes when it is full, and comes again', () => {
  const ledger = begun();
  const herself = patients[2] as TestKey;
  const ask = () => ledger.tx(requestAccess(herself.id), [herself], {expiresAtTime: ledger.block.time + 9n * HOUR});
  ledger.commit([ask(), ask()]);
  expect(ring(ledger, hospital.id)).toHaveLength(1);
  const {keys} = sizeOf(ledger.state);
  const left = (): bigint =>
    tokensLeft(
      ledger.state,
      {bucket: 'requests', identities: [herself.id, herself.id]},
      {parameters: load(ledger.state, SLOTS.parameters, []) as never, block: ledger.block},
    );
  expect(left()).toBe(1n);
  expect(ledger.commit([ask(), ask(), ask(), ask()], 4n * HOUR).results.map(codeOf)).toEqual([
    'permitted',
    'permitted',
    'permitted',
    CODE.quota,
  ]);
  expect([ring(ledger, hospital.id).length, sizeOf(ledger.state).keys]).toEqual([1, keys]);
});

test('a succession fills the buckets that it finds in a ring, and the ring stays whole', () => {
  const ledger = begun();
  const [she, next] = [patients[2] as TestKey, testKey('her next key')];
  const ask = (by: TestKey) => ledger.tx(requestAccess(she.id), [by], {expiresAtTime: ledger.block.time + 9n * HOUR});
  ledger.commit([ask(she), ask(she), ask(she), ask(members[0] as TestKey)]);
  const before = ring(ledger, hospital.id);
  expect(before).toHaveLength(5);
  expect(ledger.run(replaceKey(she, next, recoveryOf(2)), [she, next]).code).toBe(0);
  expect(ring(ledger, hospital.id)).toEqual(before);
  expect(ledger.commit([ask(next), ask(next), ask(next), ask(next)]).results.map(codeOf)).toEqual([
    'permitted',
    'permitted',
    'permitted',
    CODE.quota,
  ]);
  expect(ring(ledger, hospital.id).sort()).toEqual(stored(ledger).sort());
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});

test('an organisation whose room is full asks on: what is full again makes place, a refusal changes no ring', () => {
  const ledger = begun();
  const askAll = (who: readonly number[], about: readonly number[], seconds: bigint) =>
    ledger
      .commit(
        who.flatMap((reader) =>
          about.map((patient) =>
            ledger.tx(requestAccess((patients[patient] as TestKey).id), [members[reader] as TestKey], {
              expiresAtTime: ledger.block.time + seconds + HOUR,
            }),
          ),
        ),
        seconds,
      )
      .results.map(codeOf);
  // Each reader's own nonces and access requests stand.
  expect(askAll([0, 2, 4, 6], [1], 1n)).toEqual(['refused', 'refused', 'refused', 'refused']);
  withParameters(ledger.state, {maxKeys: 1n});
  const before = ring(ledger, hospital.id);
  expect(askAll([0, 2, 4, 6], [2, 3], 1n)).toEqual(Array(8).fill(CODE.stateFull));
  expect(ring(ledger, hospital.id)).toEqual(before);
  const {keys} = sizeOf(ledger.state);
  expect(askAll([0], [2], 24n * HOUR)).toEqual(['refused']);
  expect(sizeOf(ledger.state).keys).toBeLessThanOrEqual(keys);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});

test("one organisation's questions take nothing out of another's ring", () => {
  const ledger = begun();
  const ask = (reader: number, seconds: bigint) =>
    ledger.tx(requestAccess((patients[1] as TestKey).id), [members[reader] as TestKey], {
      expiresAtTime: ledger.block.time + seconds + HOUR,
    });
  ledger.commit([ask(0, 1n), ask(1, 1n)]);
  const clinics = ring(ledger, clinic.id);
  expect(clinics).toHaveLength(4);
  ledger.commit([ask(2, 48n * HOUR), ask(4, 48n * HOUR)], 48n * HOUR);
  expect(ring(ledger, clinic.id)).toEqual(clinics);
});
