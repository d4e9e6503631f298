import {ACTION, CODE, decodeCanonical, NO_TERMS, PURPOSE} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {load, SLOTS} from './state-slots.js';
import {
  enrolPatient,
  epochStatement,
  HEART_RATE,
  PEOPLE,
  putGrant,
  registerMember,
  requestAccess,
  revokeGrant,
  tag,
  TEST_SLOT,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');

function begun(): TestLedger {
  const ledger = new TestLedger();
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  expect(ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]).code).toBe(0);
  return ledger;
}
const grantOf = (ledger: TestLedger, id = tag(1)) => load(ledger.state, SLOTS.grant, [patient.id, id]);

describe('PutGrant', () => {
  test('versions rise; the whole grant is replaced', () => {
    const ledger = begun();
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 5, maxReads: 3}), [patient]).code).toBe(0);
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 5}), [patient]).code).toBe(CODE.grantVersion);
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 4}), [patient]).code).toBe(CODE.grantVersion);
    expect(grantOf(ledger)).toMatchObject({version: 5, maxReads: 3});
    expect(ledger.run(putGrant(patient.id, hospital.id, {version: 6, purposes: [2, 3]}), [patient]).code).toBe(0);
    expect(grantOf(ledger)).toMatchObject({
      version: 6,
      maxReads: 0,
      purposes: [2, 3],
      grantee: hospital.id,
      putAtHeight: ledger.block.height,
    });
  });

  test('revoked for good: any version, an unknown id, again; nothing revives it', () => {
    const ledger = begun();
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 5}), [patient]).code).toBe(0);
    expect(ledger.run(revokeGrant(patient.id, tag(1), 2), [patient]).code).toBe(0);
    expect(grantOf(ledger)).toMatchObject({
      version: 5,
      revoked: true,
      grantee: clinician.id,
      putAtHeight: ledger.block.height,
    });
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 6}), [patient]).code).toBe(CODE.grantRevoked);
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 5}), [patient]).code).toBe(CODE.grantVersion);
    expect(ledger.run(revokeGrant(patient.id, tag(1), 9), [patient]).code).toBe(0);
    expect(grantOf(ledger)).toMatchObject({version: 9, revoked: true});
    expect(ledger.run(revokeGrant(patient.id, tag(2)), [patient]).code).toBe(0);
    expect(ledger.run(putGrant(patient.id, clinician.id, {grantId: tag(2), version: 1}), [patient]).code).toBe(
      CODE.grantRevoked,
    );
    expect(ledger.accessLog(patient.id).map(({event}) => event.case)).toEqual([
      'enrolled',
      'grant',
      'grant',
      'grant',
      'grant',
    ]);
  });

  test('unknownGrantee: a patient, a device key, nobody; members and organisations are grantees', () => {
    const ledger = begun();
    for (const nobody of [patient.id, stranger.id, hospital.sponsor.id])
      expect(ledger.run(putGrant(patient.id, nobody), [patient]).code).toBe(CODE.unknownGrantee);
    expect(ledger.run(putGrant(patient.id, clinic.id), [patient]).code).toBe(0);
  });

  test('notAuthorised: another patient neither grants nor revokes for her', () => {
    const ledger = begun();
    expect(
      ledger.run(enrolPatient(stranger, strangerRecovery), [clinic.sponsor, stranger, strangerRecovery]).code,
    ).toBe(0);
    expect(ledger.run(putGrant(patient.id, clinician.id), [stranger]).code).toBe(CODE.notAuthorised);
    expect(ledger.run(revokeGrant(patient.id), [stranger]).code).toBe(CODE.notAuthorised);
    expect(grantOf(ledger)).toBeUndefined();
  });

  test('carried epoch statements have their own results and never harm a revocation', () => {
    const ledger = begun();
    const grant = putGrant(patient.id, clinician.id, {epochStatements: [epochStatement(patient)]});
    expect([...ledger.run(grant, [patient]).data]).toEqual([0x0a, 1, 0]);
    const revoke: TxMessage = {
      case: 'putGrant',
      value: {
        patient: patient.id,
        grantId: tag(1),
        version: 0,
        ...NO_TERMS,
        epochStatements: [
          epochStatement(patient, {epoch: 9}),
          epochStatement(patient, {epoch: 2, fromSlot: TEST_SLOT}),
        ],
      },
    };
    const outcome = ledger.run(revoke, [patient]);
    expect([outcome.code, ...outcome.data]).toEqual([0, 0x0a, 2, CODE.epochOrder, 0]);
    expect(grantOf(ledger)?.revoked).toBe(true);
    const leaf = ledger.accessLog(patient.id).at(-1)?.event;
    expect(leaf?.case === 'grant' && leaf.value.epochStatements).toHaveLength(1);
  });

  test('invalidField: what a grant may not be', () => {
    const ledger = begun();
    const tags = Array.from({length: 65}, (_, i) => tag(i + 1));
    for (const bad of [
      {version: 0},
      {grantId: tag(0)},
      {grantId: new Uint8Array(15)},
      {grantee: new Uint8Array(19)},
      {parentGrant: tag(3)},
      {typeTags: [tag(0), tag(1)]},
      {typeTags: [tag(2), tag(1)]},
      {typeTags: [tag(1), tag(1)]},
      {typeTags: tags},
      {actions: []},
      {actions: [3]},
      {actions: [0]},
      {actions: [2, 1]},
      {purposes: []},
      {purposes: [9]},
      {purposes: [1, 1]},
      {accessFromSlot: 5, accessToSlot: 4},
      {dataFromSlot: 5, dataToSlot: 4},
      {patient: new Uint8Array(0)},
    ])
      expect([bad, ledger.run(putGrant(patient.id, clinician.id, bad), [patient]).code]).toEqual([
        bad,
        CODE.invalidField,
      ]);
    for (const more of [
      {grantee: clinician.id},
      {actions: [1]},
      {purposes: [1]},
      {accessFromSlot: 1},
      {accessToSlot: 1},
      {dataFromSlot: 1},
      {dataToSlot: 1},
      {maxReads: 1},
      {parentGrant: tag(1)},
    ]) {
      const value = {patient: patient.id, grantId: tag(1), version: 0, ...NO_TERMS, ...more};
      expect(ledger.run({case: 'putGrant', value}, [patient]).code).toBe(CODE.invalidField);
    }
    expect(
      ledger.run(
        putGrant(patient.id, clinician.id, {
          typeTags: tags.slice(0, 64),
          actions: [1, 2],
          purposes: [1, 2, 3, 4, 5, 6, 7, 8],
        }),
        [patient],
      ).code,
    ).toBe(0);
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 2, typeTags: [tag(0)]}), [patient]).code).toBe(0);
  });
});

describe('RequestAccess', () => {
  const ask = (ledger: TestLedger, fields: Parameters<typeof requestAccess>[1] = {}, reader = clinician) => {
    const outcome = ledger.run(requestAccess(patient.id, fields), [reader]);
    expect(outcome.code).toBe(0);
    return decodeCanonical(DecisionSchema, outcome.data);
  };

  test('a refusal says nothing but no; a permit names what it is good for', () => {
    const ledger = begun();
    expect(ask(ledger)).toMatchObject({
      permit: false,
      index: 1n,
      recordLogSize: 0n,
      grantVersion: 0,
      releaseUntilHeight: 0n,
      releaseUntilTime: 0n,
    });
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 3}), [patient]).code).toBe(0);
    const permit = ask(ledger);
    expect(permit).toMatchObject({
      permit: true,
      index: 3n,
      grantVersion: 3,
      releaseUntilHeight: ledger.block.height + 1_200n,
      releaseUntilTime: ledger.block.time + 3_600n,
    });
    expect(ledger.accessLog(patient.id).at(-1)).toMatchObject({
      index: 3n,
      height: ledger.block.height,
      event: {case: 'access', value: {reader: clinician.id, organisation: hospital.id, decision: permit}},
    });
  });

  test('each rule refuses on the ledger as in the table', () => {
    const ledger = begun();
    expect(
      ledger.run(putGrant(patient.id, clinician.id, {maxReads: 2, typeTags: [tag(1), HEART_RATE]}), [patient]).code,
    ).toBe(0);
    const refusals = [
      {grantId: tag(9)},
      {typeTag: tag(2)},
      {typeTag: tag(0)},
      {slotFrom: TEST_SLOT - 101},
      {slotTo: TEST_SLOT + 1},
      {purpose: PURPOSE.HRESCH},
      {action: ACTION.write},
    ];
    for (const fields of refusals) expect([fields, ask(ledger, fields).permit]).toEqual([fields, false]);
    expect([ask(ledger).permit, ask(ledger, {typeTag: tag(1)}).permit, ask(ledger).permit]).toEqual([
      true,
      true,
      false,
    ]);
    // Eight refusals are a reader's few about a patient; a day brings four back.
    ledger.commit([], 86_400n);
    // Reads are counted over every version and never reset.
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 2, maxReads: 2}), [patient]).code).toBe(0);
    expect(ask(ledger).permit).toBe(false);
    expect(ledger.run(putGrant(patient.id, clinician.id, {version: 3, maxReads: 3}), [patient]).code).toBe(0);
    expect([ask(ledger).permit, ask(ledger).permit]).toEqual([true, false]);
  });

  test('the access period is that of block time', () => {
    const ledger = begun();
    expect(
      ledger.run(putGrant(patient.id, clinician.id, {accessFromSlot: TEST_SLOT + 1, accessToSlot: TEST_SLOT + 1}), [
        patient,
      ]).code,
    ).toBe(0);
    expect(ask(ledger).permit).toBe(false);
    ledger.commit([], 3_600n);
    expect(ask(ledger).permit).toBe(true);
    ledger.commit([], 3_600n);
    expect(ask(ledger).permit).toBe(false);
  });

  test('the order in the block decides between a revocation and a read', () => {
    const ledger = begun();
    expect(ledger.run(putGrant(patient.id, clinician.id), [patient]).code).toBe(0);
    const request = (): Uint8Array => ledger.tx(requestAccess(patient.id), [clinician]);
    const results = ledger.commit([request(), ledger.tx(revokeGrant(patient.id), [patient]), request()]).results;
    expect(decodeCanonical(DecisionSchema, results[0]?.data ?? new Uint8Array()).permit).toBe(true);
    expect(decodeCanonical(DecisionSchema, results[2]?.data ?? new Uint8Array()).permit).toBe(false);
  });

  test("an organisation's grant is good for each of its members, while she stands", () => {
    const ledger = begun();
    const nurse = testKey('nurse');
    expect(ledger.run(registerMember(clinic, nurse), [clinic.admin, nurse]).code).toBe(0);
    expect(ledger.run(putGrant(patient.id, hospital.id), [patient]).code).toBe(0);
    expect(ask(ledger).permit).toBe(true);
    expect(ask(ledger, {}, nurse).permit).toBe(false);
    expect(
      ledger.run({case: 'suspendMember', value: {organisation: hospital.id, member: clinician.id}}, [hospital.admin])
        .code,
    ).toBe(0);
    expect(ask(ledger).permit).toBe(false);
  });

  test('the patient reads her own without a grant and without using up reads', () => {
    const ledger = begun();
    expect(ask(ledger, {grantId: tag(0)}, patient)).toMatchObject({permit: true, grantVersion: 0});
    expect(load(ledger.state, SLOTS.readsUsed, [patient.id, tag(0)])).toBeUndefined();
    const leaf = ledger.accessLog(patient.id).at(-1)?.event;
    expect(leaf?.case === 'access' && leaf.value.organisation.length).toBe(0);
  });

  test('unknownIdentity and invalidField', () => {
    const ledger = begun();
    expect(ledger.run(requestAccess(stranger.id), [clinician]).code).toBe(CODE.unknownIdentity);
    for (const bad of [
      {grantId: new Uint8Array(0)},
      {typeTag: new Uint8Array(15)},
      {slotFrom: 5, slotTo: 4},
      {purpose: 0},
      {purpose: 9},
      {action: 0},
      {action: 3},
      {readerKey: new Uint8Array(0)},
      {detailsHash: new Uint8Array(0)},
    ]) {
      expect([bad, ledger.run(requestAccess(patient.id, bad), [clinician]).code]).toEqual([bad, CODE.invalidField]);
    }
  });
});
