import {ScalarType} from '@bufbuild/protobuf';
import type {DescField, DescMessage} from '@bufbuild/protobuf';
import fc from 'fast-check';
import {encodeCanonical} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {BodySchema, RecordEntrySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {checkStructure} from './check-structure.js';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
  signedBody,
  skipEntry,
  TEST_CHAIN,
  TEST_PORTS,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const people = {patient, device, custodian: hospital};
const ledger = new TestLedger();
const seeds = [
  ledger.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
  ledger.tx(registerMember(hospital, clinician), [hospital.sponsor, clinician]),
  ledger.tx(registerDevice(patient, device), [patient, device]),
  ledger.tx({case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}}, [
    patient,
  ]),
  ledger.tx(putGrant(patient.id, clinician.id), [patient]),
  ledger.tx(requestAccess(patient.id), [clinician]),
  ledger.tx(anchorRecords([recordEntry(people), skipEntry(people, {sequence: 2n}), recordEntry(people, {kind: 2})]), [
    hospital.storage,
  ]),
];
ledger.commit(seeds);

const anyBytes = fc.uint8Array({maxLength: 300});
// Real transactions with some bytes changed, cut or put in: they reach deeper than random ones.
const mutated = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), {minLength: 1, maxLength: 4}))
  .map(([seed, changes]) =>
    changes.reduce((bytes, [place, value, kind]) => {
      const at = place % (bytes.length + 1);
      if (kind === 0) return Uint8Array.of(...bytes.slice(0, at), value, ...bytes.slice(at + 1));
      return kind === 1
        ? Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(at + 1))
        : Uint8Array.of(...bytes.slice(0, at), value, ...bytes.slice(at));
    }, seed),
  );
const acceptAll = {...TEST_PORTS, verify: () => true};

test('any bytes at all give a code, never an exception', () => {
  const strict = new TestLedger();
  fc.assert(
    fc.property(fc.oneof(anyBytes, mutated), (bytes) => {
      const checked = checkStructure(bytes, TEST_CHAIN, TEST_PORTS);
      expect(checked.ok || checked.code > 1).toBe(true);
      const [result] = strict.commit([bytes]).results;
      expect(Number.isInteger(result?.code)).toBe(true);
    }),
    {numRuns: 200},
  );
});

test('any body under good signatures gives a code, never an exception', () => {
  // Every signature passes here, so whatever the decoder lets through reaches the rules and the state.
  const executed = new TestLedger(undefined, acceptAll);
  executed.commit(seeds);
  const bodies = mutated.map((bytes) => bytes.slice(3));
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc
          .tuple(fc.oneof(anyBytes, bodies), fc.constantFrom(patient, clinician, hospital.storage))
          .map(([body, signer]) => signedBody(body, [signer])),
      ),
      (bytes) => {
        const [result] = executed.commit([bytes]).results;
        expect(Number.isInteger(result?.code)).toBe(true);
        expect(result?.code).not.toBe(1);
      },
    ),
    {numRuns: 200},
  );
});

test('bytes of every message with every field odd give a code', () => {
  const field = fc.oneof(
    fc.uint8Array({maxLength: 40}),
    fc.constantFrom(20, 16, 32, 33).map((length) => new Uint8Array(length).fill(2)),
  );
  const executed = new TestLedger(undefined, acceptAll);
  executed.commit(seeds);
  const amounts = fc.constantFrom(0n, 1n, 2n, 1_000n, 2n ** 64n - 1n);
  const scalar = (type: ScalarType): fc.Arbitrary<unknown> => {
    if (type === ScalarType.BYTES) return field;
    return type === ScalarType.UINT64 ? amounts : fc.constantFrom(0, 1, 2, 4_294_967_295);
  };
  // By the descriptor: a new field is odd here without a word.
  const odd = (message: DescMessage): fc.Arbitrary<object> =>
    fc.record(
      Object.fromEntries(message.fields.filter(({oneof}) => !oneof).map((one) => [one.localName, valueOf(one)])),
    );
  const valueOf = (one: DescField): fc.Arbitrary<unknown> => {
    if (one.fieldKind === 'scalar') return scalar(one.scalar);
    if (one.fieldKind === 'message') return fc.option(odd(one.message), {nil: undefined});
    if (one.fieldKind !== 'list') throw new TypeError(`${one.toString()} is of a kind that nothing here makes`);
    if (one.listKind === 'message') return fc.array(odd(one.message), {maxLength: 3});
    return fc.array(one.listKind === 'scalar' ? scalar(one.scalar) : fc.nat(), {maxLength: 3});
  };
  const anchored = odd(RecordEntrySchema).map((value) => ({entries: [{entry: {case: 'record', value}}]}));
  const messages = fc.oneof(
    ...(BodySchema.oneofs[0]?.fields ?? []).map(({localName, message}) => {
      if (message === undefined) throw new TypeError(`${localName} is no message`);
      return (localName === 'anchorRecords' ? anchored : odd(message)).map(
        (value) => ({case: localName, value}) as never,
      );
    }),
  );
  const signer = fc.constantFrom(patient, clinician, hospital.storage, hospital.sponsor);
  fc.assert(
    fc.property(
      messages,
      fc.tuple(amounts, amounts, amounts),
      signer,
      (message, [nonce, expiresAtHeight, expiresAtTime], {key}) => {
        const parts = {version: 1, chainId: TEST_CHAIN, nonce, expiresAtHeight, expiresAtTime, message};
        const body = encodeCanonical(BodySchema, incomplete(BodySchema, parts));
        const tx = encodeCanonical(TxSchema, {
          body,
          signatures: [{alg: 1, publicKey: key.publicKey, signature: new Uint8Array(64)}],
        });
        expect(Number.isInteger(executed.commit([tx]).results[0]?.code)).toBe(true);
      },
    ),
    {numRuns: 300},
  );
});
