import {CODE, encodeCanonical} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {AnchorEntrySchema, BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  hash,
  PEOPLE,
  sampleBody,
  signedBody,
  TEST_CHAIN,
  TEST_PORTS,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';
import {checkStructure} from './check-structure.js';

const {patient, recovery} = PEOPLE;
const {sponsor} = testOrganisation('hospital');
const good = new TestLedger().tx(enrolPatient(patient, recovery), [sponsor, patient, recovery]);

/** Code of a transaction, and how many signatures were verified for it. */
function checked(bytes: Uint8Array): {code: number; verified: number} {
  let verified = 0;
  const verify: typeof TEST_PORTS.verify = (...args) => {
    verified++;
    return TEST_PORTS.verify(...args);
  };
  const result = checkStructure(bytes, TEST_CHAIN, {...TEST_PORTS, verify});
  return {code: result.ok ? CODE.ok : result.code, verified};
}

const repeated = (pattern: number[], length: number): Uint8Array =>
  Uint8Array.from({length: length - (length % pattern.length)}, (_, i) => pattern[i % pattern.length] as number);
/** A Tx with this body and one signature by a key that nobody knows. */
const around = (body: Uint8Array): Uint8Array => signedBody(body, [patient]);

test('a good one costs a verification for each of its signers', () => {
  expect(checked(good)).toEqual({code: CODE.ok, verified: 3});
});

test.each([
  ['signatures of nothing', repeated([0x12, 0x00], 65_000)],
  ['a body again and again', repeated([0x0a, 0x00], 65_000)],
  ['a body of one message again and again', around(repeated([0x5a, 0x00], 65_000))],
  ['a body of fields that nobody knows', around(repeated([0xf8, 0x07, 0x01], 65_000))],
  ['statements of nothing', around(Uint8Array.of(0x5a, 0x80, 0xfa, 3, ...repeated([0x22, 0x00], 64_768)))],
  ['entries of nothing', around(Uint8Array.of(0x8a, 1, 0x80, 0xfa, 3, ...repeated([0x0a, 0x00], 64_768)))],
])('%s: undecodable, and no signature is verified', (_name, bytes) => {
  expect(bytes.length).toBeLessThan(65_536);
  expect(checked(bytes)).toEqual({code: CODE.undecodable, verified: 0});
});

test('what its own rules refuse is refused before a signature is verified', () => {
  const body = encodeCanonical(
    BodySchema,
    sampleBody(anchorRecords(Array(201).fill(incomplete(AnchorEntrySchema, {})))),
  );
  expect(checked(around(body))).toEqual({code: CODE.invalidField, verified: 0});
});

test('as many signatures as a Tx may hold: nothing is verified unless they are the signers', () => {
  const signature = {alg: 1, publicKey: patient.key.publicKey, signature: new Uint8Array(64)};
  const {body} = {body: encodeCanonical(BodySchema, sampleBody(enrolPatient(patient, recovery)))};
  for (const [count, code] of [
    [8, CODE.wrongSigners],
    [9, CODE.undecodable],
  ] as const)
    expect(checked(encodeCanonical(TxSchema, {body, signatures: Array(count).fill(signature)}))).toEqual({
      code,
      verified: 0,
    });
});

test('the first bad signature is the last that is verified', () => {
  const {body} = {body: encodeCanonical(BodySchema, sampleBody(enrolPatient(patient, recovery)))};
  const signatures = [sponsor, patient, recovery].map(({key}) => ({...key, $typeName: undefined, signature: hash(1)}));
  const forged = signatures.map((one) => ({...one, signature: new Uint8Array(64).fill(1)}));
  expect(checked(encodeCanonical(TxSchema, {body, signatures: forged as never}))).toEqual({
    code: CODE.badSignature,
    verified: 1,
  });
});

describe('a carried statement', () => {
  const of = (statement: Uint8Array, signature: object = {}): number => {
    const whole = epochStatement(patient);
    const epochStatements = [{statement, signature: {...whole.signature, ...signature}}];
    const body = sampleBody({case: 'publishKeys', value: {identity: patient.id, epochStatements}});
    return checked(around(encodeCanonical(BodySchema, body))).code;
  };

  test('has at most 200 bytes and a signature of the known form', () => {
    expect([of(new Uint8Array(200)), of(new Uint8Array(201)), of(new Uint8Array(0))]).toEqual([
      CODE.ok,
      CODE.invalidField,
      CODE.invalidField,
    ]);
    expect([of(hash(1), {signature: new Uint8Array(65)}), of(hash(1), {alg: 2})]).toEqual([
      CODE.invalidField,
      CODE.invalidField,
    ]);
  });

  test('is longer than the longest there is', () => {
    const {statement} = epochStatement(patient, {chainId: 'c'.repeat(50), epoch: 2 ** 32 - 1, fromSlot: 2 ** 32 - 1});
    expect(statement.length).toBeLessThanOrEqual(150);
  });
});
