import {CODE} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {load, SLOTS} from './state-slots.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  keySuccession,
  PEOPLE,
  putGrant,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  tag,
  testEncryptionKey,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';

const {patient, recovery, clinician} = PEOPLE;
const hospital = testOrganisation('hospital');
const keys = Array.from({length: 8}, (_, i) => testKey(`her key ${String(i + 1)}`));
const his = testKey('his');
type Said = [message: TxMessage, signers: TestKey[]];
const HER_GRANT = tag(1);
const parameters = {
  ...DEFAULT_PARAMETERS,
  rights: {burst: 8, refill: 1, seconds: 3_600},
  successions: {burst: 2, refill: 1, seconds: 86_400},
};

function begun(): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic'], parameters));
  const codes = [
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]),
    ledger.run(putGrant(patient.id, clinician.id, {grantId: HER_GRANT}), [patient]),
  ].map(({code}) => code);
  expect(codes).toEqual([0, 0, 0]);
  return ledger;
}

/** Whoever has her signing key: a burst of all that costs her rights, and a nonce far ahead. */
class Thief {
  private nonce = 0n;
  private sent = 0;

  constructor(
    private readonly ledger: TestLedger,
    private readonly key = patient,
  ) {}

  txs(count: number): Uint8Array[] {
    return Array.from({length: count}, () => {
      this.nonce += 1_000n;
      return this.ledger.tx(revokeGrant(patient.id, tag(10 + (this.sent++ % 200))), [this.key], {nonce: this.nonce});
    });
  }
}
const succeed = (n: number): TxMessage => replaceKey(patient, keyOf(n), recovery, n);
const keyOf = (n: number): (typeof keys)[number] => (n === 0 ? patient : (keys[n - 1] as (typeof keys)[number]));

test('a thief who takes every token and every nonce, in each block, keeps no succession out, and nothing after it', () => {
  const ledger = begun();
  const thief = new Thief(ledger);
  for (let hour = 0; hour < 20; hour++) {
    const codes = ledger.commit(thief.txs(2), 3_600n).results.map(({code}) => code);
    if (hour > 8) expect(codes).toEqual([0, CODE.quota]);
  }
  const hers = ledger.tx(succeed(1), [patient, keyOf(1)], {nonce: 1n});
  // A proposer who is with the thief puts it behind all that is his.
  const {results} = ledger.commit([...thief.txs(3), hers, ...thief.txs(1)]);
  expect(results.slice(-2).map(({code}) => code)).toEqual([0, CODE.unknownKey]);
  expect(ledger.run(revokeGrant(patient.id, HER_GRANT), [keyOf(1)]).code).toBe(0);
  // What he used up is hers again.
  expect(ledger.run(putGrant(patient.id, clinician.id, {grantId: tag(2)}), [keyOf(1)]).code).toBe(0);
  expect(ledger.run(requestAccess(patient.id), [keyOf(1)]).code).toBe(0);
});

test('successions have a bucket: who has both keys makes no more than it gives, and one that is refused costs a nonce', () => {
  const ledger = begun();
  const run = (n: number, nonce: bigint): number => ledger.run(succeed(n), [keyOf(n - 1), keyOf(n)], {nonce}).code;
  expect([run(1, 1n), run(2, 1n), run(3, 1n), run(3, 1n)]).toEqual([0, 0, CODE.quota, CODE.nonceUsed]);
  expect(load(ledger.state, SLOTS.patient, [patient.id])?.successions).toBe(2);
  ledger.commit([], 86_400n);
  expect(run(3, 2n)).toBe(0);
});

test("the same bytes again are nothing: the key that signed them is nobody's", () => {
  const ledger = begun();
  const tx = ledger.tx(succeed(1), [patient, keyOf(1)]);
  expect(ledger.commit([tx, tx]).results.map(({code}) => code)).toEqual([0, CODE.unknownKey]);
  expect(ledger.commit([tx]).results.map(({code}) => code)).toEqual([CODE.unknownKey]);
});

test('one that does not hold pays like all else: nonce and rights, and no token of successions', () => {
  const ledger = begun();
  const forged = replaceKey(patient, keyOf(1), patient);
  const bad: [TxMessage, (typeof keys)[number], number][] = [
    [forged, keyOf(1), CODE.keySuccession],
    [replaceKey(patient, keyOf(1), recovery, 2), keyOf(1), CODE.keySuccession],
    [replaceKey(patient, clinician, recovery), clinician, CODE.keyTaken],
  ];
  for (const [message, newKey, code] of bad) {
    const tx = ledger.tx(message, [patient, newKey]);
    expect(ledger.commit([tx, tx]).results.map((result) => result.code)).toEqual([code, CODE.nonceUsed]);
  }
  const of = (bucket: number) => load(ledger.state, SLOTS.bucket, [Uint8Array.of(bucket), patient.id]);
  expect([of(1)?.tokens, of(12)]).toEqual([4n, undefined]);
  expect(ledger.run(forged, [clinician, keyOf(1)]).code).toBe(CODE.notAuthorised);
});

test('a succession comes without an encryption key: who has stolen the old key would have published it first', () => {
  const ledger = begun();
  const {value} = replaceKey(patient, keyOf(1), recovery);
  const encryptionKey = testEncryptionKey('fresh').publicKey;
  const both: TxMessage = {case: 'publishKeys', value: {...value, encryptionKey}};
  expect(ledger.run(both, [patient, keyOf(1)]).code).toBe(CODE.invalidField);
  expect(ledger.run({case: 'publishKeys', value}, [patient, keyOf(1)]).code).toBe(0);
  const alone: TxMessage = {case: 'publishKeys', value: {identity: patient.id, encryptionKey}};
  expect(ledger.run(alone, [keyOf(1)]).code).toBe(0);
});

test('nothing that the old key can say first has a succession refused that was read in the pool', () => {
  const first = {typeTag: tag(1), epoch: 1, publicKey: testEncryptionKey('epoch').publicKey};
  const [newSigningKey, succession] = [keyOf(1).key, keySuccession(patient, keyOf(1), recovery)];
  const epochStatements = [epochStatement(patient, first, keyOf(1))];
  const hers = {identity: patient.id, newSigningKey, succession, epochStatements};
  const publishes = (value: object): Said => [
    {case: 'publishKeys', value: {identity: patient.id, ...value}},
    [patient],
  ];
  // What is in her transaction, and what he can make of it; where her new key has to sign, he has his own.
  const said: Said[] = [
    publishes({encryptionKey: first.publicKey}),
    publishes({epochStatements}),
    publishes({epochStatements: [epochStatement(patient, first)]}),
    publishes({epochStatements: [epochStatement(patient, {...first, typeTag: tag(2)})]}),
    [
      putGrant(patient.id, clinician.id, {grantId: tag(3), epochStatements: [epochStatement(patient, first)]}),
      [patient],
    ],
    [{case: 'publishKeys', value: {identity: patient.id, newSigningKey, succession}}, [patient, his]],
    [replaceKey(patient, his, patient), [patient, his]],
    [registerDevice(patient, keyOf(1)), [patient, his]],
    [enrolPatient(keyOf(1), his), [hospital.sponsor, his, his]],
    [registerMember(hospital, keyOf(1)), [hospital.sponsor, his]],
  ];
  for (const chosen of [said, ...said.map((one) => [one])]) {
    const ledger = begun();
    for (const [message, signers] of chosen) ledger.run(message, signers);
    expect(ledger.run({case: 'publishKeys', value: hers}, [patient, keyOf(1)]).code).toBe(0);
  }
});
