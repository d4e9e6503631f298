import {describe, expect, it} from '@jest/globals';
import {TOPICS, alertId, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {PEOPLE, accessRequest} from '@vitalvault/ledger-state/testing';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {appendLeaf, projected} from '../../test/support/projected.js';
import {MemoryReleaseRegister} from '../../test/support/memory-release-register.js';
import {Complain} from './complain.js';

const {patient, clinician, stranger} = PEOPLE;
const organisation = new Uint8Array(20).fill(8);
const request = accessRequest(patient.id);
const recordId = 'ab'.repeat(32);
const otherId = 'cd'.repeat(32);
const NOTHING = '0'.repeat(64);

const accessOf = (permit: boolean) => ({
  case: 'access' as const,
  value: {
    reader: clinician.id,
    organisation,
    request,
    decision: {permit, index: 0n, recordLogSize: 1n, grantVersion: 1, releaseUntilHeight: 9n, releaseUntilTime: 9n},
  },
});

async function harness() {
  const txs = {permitted: '', refused: '', keys: '', unanswered: '', unknown: 'ee'.repeat(32)};
  const projection = await projected(async (writer) => {
    txs.permitted = await appendLeaf(writer, {patient: patient.id, n: 1, event: accessOf(true)});
    txs.refused = await appendLeaf(writer, {patient: patient.id, n: 2, event: accessOf(false)});
    const keys = {case: 'keys' as const, value: {signingKeyId: patient.id, recoveryKeyId: patient.id} as never};
    txs.keys = await appendLeaf(writer, {patient: patient.id, n: 3, event: keys});
    txs.unanswered = await appendLeaf(writer, {patient: patient.id, n: 4, event: accessOf(true)});
  });
  const documents = new MemoryDocumentStore();
  const register = new MemoryReleaseRegister();
  const clock = {ms: 1_234};
  const answer = (txId: string) =>
    register.count({
      txId,
      recordIds: [recordId, otherId],
      signedRequest: new Uint8Array(),
      verifiedAtHeight: 1n,
      tell: () => ({topic: '', key: '', value: new Uint8Array(), messageId: '', traceparent: undefined}),
    });
  await answer(txs.permitted);
  const complain = new Complain({now: () => clock.ms}, {projection, register, documents});
  const about = (finding: string, change: {txId?: string; recordId?: string} = {}, caller = clinician) =>
    complain.execute({txId: txs.permitted, recordId, finding, ...change}, toHex(caller.id));
  return {txs, documents, about, clock, answer};
}

describe('Complain', () => {
  it.each([
    ['a record', recordId, recordId],
    ['a gap: the permit', NOTHING, '01'.repeat(32)],
    ['what policy never released: the permit', 'ef'.repeat(32), '01'.repeat(32)],
  ])('alerts the patient about %s, once', async (_what, named, subject) => {
    const {documents, about} = await harness();
    await about('ciphertext-hash', {recordId: named});
    await about('ciphertext-hash: again', {recordId: named});
    expect(documents.complaints).toEqual([
      {reader: toHex(clinician.id), subject, finding: 'ciphertext-hash', patient: toHex(patient.id), day: 0},
    ]);
    expect(documents.announcements).toMatchObject([{topic: TOPICS.alerts, key: toHex(patient.id)}]);
    const [{value, messageId} = {value: new Uint8Array(), messageId: ''}] = documents.announcements;
    const alert = decodeCanonical(AlertSchema, value);
    expect([messageId, alert.alertId]).toEqual([toHex(alertId(alert)), alertId(alert)]);
    expect(alert).toMatchObject({
      patient: patient.id,
      kind: AlertKind.READER_COMPLAINT,
      raisedAtMs: 1_234n,
      subject: fromHex(subject),
      reader: clinician.id,
      organisation,
      permit: true,
      request: {patient: patient.id, grantId: request.grantId},
    });
  });

  it.each([
    ['tx-not-found', 'unknown', clinician],
    ['tx-not-found', 'keys', patient],
    ['not-yours', 'permitted', stranger],
    ['not-yours', 'permitted', patient],
    // Whoever may not complain at all does not learn how it was decided.
    ['not-yours', 'refused', stranger],
    ['access-refused', 'refused', clinician],
    ['not-found', 'unanswered', clinician],
  ] as const)('refuses with %s for the transaction %s, and keeps nothing', async (code, tx, caller) => {
    const {txs, documents, about} = await harness();
    await expect(about('x', {txId: txs[tx]}, caller)).rejects.toMatchObject({code});
    expect([documents.size, documents.announcements]).toEqual([0, []]);
  });

  it('shows another finding about the same record, and the same one of two permits once', async () => {
    const {txs, documents, about, answer} = await harness();
    await answer(txs.unanswered);
    await about('signature');
    await about('ciphertext-hash');
    await about('signature', {txId: txs.unanswered});
    const told = documents.announcements.map(({value}) => decodeCanonical(AlertSchema, value));
    expect(told.map(({text}) => text.split(': ')[1])).toEqual(['signature', 'ciphertext-hash']);
    expect(new Set(documents.announcements.map(({messageId}) => messageId)).size).toBe(2);
  });

  it('takes sixteen a day of a reader about a patient', async () => {
    const {documents, about, clock} = await harness();
    for (let n = 0; n < 16; n++) await about(`finding-${String(n)}`);
    await about('finding-3');
    await expect(about('one-more', {recordId: otherId})).rejects.toMatchObject({
      code: 'quota-exceeded',
      retryAfterSeconds: 86_399,
    });
    expect(documents.announcements).toHaveLength(16);
    clock.ms += 86_400_000;
    await about('one-more', {recordId: otherId});
    expect(documents.announcements).toHaveLength(17);
  });

  it.each([
    ['ciphertext-hash: found 4f1c, the heart rate was 93', 'ciphertext-hash'],
    ['gap', 'gap'],
    ['Jane Doe: 93', 'other'],
    ['gap jane doe', 'other'],
    ['93', 'other'],
    ['', 'other'],
    [`${'a'.repeat(65)}: x`, 'other'],
    ['gap\nJane: x', 'other'],
  ])('of %j keeps and tells only %s: the rest may hold what the reader saw', async (finding, kept) => {
    const {documents, about} = await harness();
    await about(finding);
    expect(documents.complaints).toMatchObject([{finding: kept}]);
    const [{value} = {value: new Uint8Array()}] = documents.announcements;
    expect(decodeCanonical(AlertSchema, value).text).toBe(`A reader could not accept what was released: ${kept}`);
  });
});
