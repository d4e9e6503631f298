import {CODE, decodeCanonical, encodeCanonical, namedSigners, toHex, transactionId} from '@vitalvault/contracts';
import type {Signature} from '@vitalvault/contracts/gen/record/v1/record';
import {DecisionSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  enrolPatient,
  PEOPLE,
  putGrant,
  registerDevice,
  registerMember,
  requestAccess,
  SAMPLE_MESSAGES,
  signDigest,
  signedBody,
  TEST_SLOT,
  TestLedger,
  testKey,
  testOrganisation,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';
import {rulesOf} from './rules-of.js';
import type {Message} from './message-rules.js';

const {patient, recovery, clinician, device} = PEOPLE;
const [hospital, clinic] = [testOrganisation('hospital'), testOrganisation('clinic')];
const colleague = testKey('colleague');

function started(): TestLedger {
  const ledger = new TestLedger();
  ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]);
  ledger.run(registerMember(hospital, colleague), [hospital.sponsor, colleague]);
  return ledger;
}

const idOf = (tx: Uint8Array): string => {
  const {body, signatures} = decodeCanonical(TxSchema, tx);
  return toHex(transactionId(body, signatures));
};

/** The same body, signed by others. */
const copied = (tx: Uint8Array, ...signers: TestKey[]): Uint8Array =>
  signedBody(decodeCanonical(TxSchema, tx).body, signers);

test('one body that two readers sign is two transactions: two ids, two outcomes, two leaves', () => {
  const ledger = started();
  const slots = {slotFrom: TEST_SLOT - 2, slotTo: TEST_SLOT - 1};
  ledger.run(putGrant(patient.id, clinician.id), [patient]);
  const asked = ledger.tx(requestAccess(patient.id, slots), [clinician]);
  const copy = copied(asked, colleague);
  const {results} = ledger.commit([copy, asked]);
  expect(results.map(({code}) => code)).toEqual([CODE.ok, CODE.ok]);
  expect(results.map(({data}) => decodeCanonical(DecisionSchema, data).permit)).toEqual([false, true]);
  expect(
    ledger
      .accessLog(patient.id)
      .slice(-2)
      .map(({txId}) => toHex(txId)),
  ).toEqual([idOf(copy), idOf(asked)]);
  expect(idOf(copy)).not.toBe(idOf(asked));
});

test('a copy of a key rotation’s author: one person with two keys makes two transactions', () => {
  const ledger = started();
  const asked = ledger.tx(requestAccess(patient.id), [patient]);
  const copy = copied(asked, clinician);
  ledger.commit([asked, copy]);
  const ids = ledger.accessLog(patient.id).map(({txId}) => toHex(txId));
  expect(new Set(ids).size).toBe(ids.length);
});

describe('a signature holds for its own body with its own signers only', () => {
  const sent = (change: (signatures: Signature[], body: Uint8Array) => Signature[]): number => {
    const ledger = started();
    const {body, signatures} = decodeCanonical(TxSchema, ledger.tx(registerDevice(patient, device), [patient, device]));
    const tx = encodeCanonical(TxSchema, {body, signatures: change(signatures, body)});
    return ledger.commit([tx]).results[0]?.code ?? -1;
  };

  test('as it was signed', () => {
    expect(sent((signatures) => signatures)).toBe(CODE.ok);
  });

  test('not beside the signature of another first signer', () => {
    const others = (signatures: Signature[], body: Uint8Array): Signature[] => {
      const [, second] = decodeCanonical(TxSchema, signedBody(body, [clinician, device])).signatures;
      return [signatures[0] as Signature, second as Signature];
    };
    expect(sent(others)).toBe(CODE.badSignature);
  });

  test('not moved into a set of one: a body of one signer, signed for two', () => {
    const ledger = started();
    const tx = ledger.tx(requestAccess(patient.id), [clinician]);
    const {body} = decodeCanonical(TxSchema, tx);
    const [first] = decodeCanonical(TxSchema, signedBody(body, [clinician, colleague])).signatures;
    const dropped = encodeCanonical(TxSchema, {body, signatures: [first as Signature]});
    expect(ledger.commit([dropped]).results[0]?.code).toBe(CODE.badSignature);
  });

  test('not over the body alone', () => {
    const ledger = started();
    const {body} = decodeCanonical(TxSchema, ledger.tx(requestAccess(patient.id), [clinician]));
    const signature = signDigest(clinician, transactionId(body, []));
    const tx = encodeCanonical(TxSchema, {body, signatures: [{...clinician.key, $typeName: undefined, signature}]});
    expect(ledger.commit([tx]).results[0]?.code).toBe(CODE.badSignature);
  });
});

test('another organisation’s copy of an AnchorRecords is another transaction', () => {
  const ledger = started();
  const ours = ledger.tx(SAMPLE_MESSAGES.anchorRecords, [hospital.storage]);
  const copy = copied(ours, clinic.storage);
  expect(ledger.commit([copy, ours]).results.map(({code}) => code)).toEqual([CODE.ok, CODE.ok]);
  expect(idOf(copy)).not.toBe(idOf(ours));
});

test.each(Object.values(SAMPLE_MESSAGES).map((message) => [message.case, message] as const))(
  'who signs %s after the first is what its rules demand',
  (kind, message) => {
    const demanded = rulesOf(kind).signatures(message.value as Message['value']);
    expect(demanded).toEqual([undefined, ...namedSigners(message)]);
  },
);
