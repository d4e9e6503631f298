import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import type {DomainError} from '@vitalvault/errors';
import {PEOPLE, replaceKey, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import {permitted, refused} from '../../test/support/release-attempts.js';
import {HOSPITAL} from '../../test/support/release-world.js';
import {signedReleaseRequest} from '../../test/support/signed-release-request.js';

const {patient, recovery, clinician, stranger} = PEOPLE;
const next = testKey('next');

describe('a permit that was asked for before the reader replaced her key', () => {
  it("is the member's by her new key, and of no use to whoever has the old one", async () => {
    const {story, records, tx} = await permitted();
    story.chain.run({case: 'publishKeys', value: {identity: clinician.id, newSigningKey: next.key}}, [clinician, next]);
    await refused(story, story.release(tx, records, {by: clinician}), {code: 'unknown-key'});
    await story.project();
    await refused(story, story.release(tx, records, {by: clinician}), {code: 'unknown-key'});
    await story.release(tx, records, {by: next});
    expect(story.register.requests).toHaveLength(1);
  });

  it("is the patient's by her new key, when she reads her own data", async () => {
    const {story, records} = await permitted();
    const own = await story.ask({}, patient);
    story.chain.run(replaceKey(patient, next, recovery), [patient, next]);
    await refused(story, story.release(own, records, {by: patient}), {code: 'unknown-key'});
    await story.release(own, records, {by: next});
  });
});

describe('a request to storage that policy is shown', () => {
  it('must be signed by the reader, for this permit and this organisation', async () => {
    const {story, records, tx} = await permitted();
    const other = await story.ask({}, patient);
    const hospital = toHex(HOSPITAL.id);
    const ask = (signedRequest: Uint8Array) => story.show(tx, signedRequest, records);
    const good = signedReleaseRequest(tx, clinician, hospital);
    const text = Buffer.from(good).toString('latin1');
    for (const [bytes, code] of [
      [signedReleaseRequest(tx, stranger, hospital), 'unknown-key'],
      [signedReleaseRequest(tx, patient, hospital), 'unknown-key'],
      [signedReleaseRequest(other, clinician, hospital), 'release-mismatch'],
      [signedReleaseRequest(tx, clinician, hospital, '/v1/others'), 'release-mismatch'],
      [signedReleaseRequest(tx, clinician, toHex(testOrganisation('clinic').id)), 'signature-invalid'],
      [Buffer.from(text.replace(/signature: .*\r\n/, ''), 'latin1'), 'signature-missing'],
      [Buffer.from(text.replace(tx, other), 'latin1'), 'digest-mismatch'],
      [Buffer.from(text.replace('POST', 'GET'), 'latin1'), 'signature-invalid'],
      [Uint8Array.of(1, 2, 3), 'signature-missing'],
      [new Uint8Array(), 'signature-missing'],
    ] as const)
      await refused(story, ask(bytes), {code});
    await ask(good);
  });

  it('uses nothing of the reader up without her signature: neither proofs nor time', async () => {
    const {story, records, tx} = await permitted();
    const bad = signedReleaseRequest(tx, clinician, toHex(testOrganisation('clinic').id));
    const codes = new Set<string>();
    for (let i = 0; i < 300; i += 1)
      await story
        .show(tx, bad, records, {from: 'ingest'})
        .catch((error: unknown) => codes.add((error as {code: string}).code));
    expect([...codes]).toEqual(['signature-invalid', 'quota-exceeded']);
    await story.release(tx, records);
  });

  it('without a permit is not waited for over and over: so many at a time from one address', async () => {
    const {story, records} = await permitted();
    const [nothing, signed] = ['ee'.repeat(32), Uint8Array.of(1)];
    const asked = Array.from({length: 300}, () => story.show(nothing, signed, records, {from: 'ingest'}));
    const codes = (await Promise.allSettled(asked)).map((one) => (one as {reason: {code: string}}).reason.code);
    expect(codes.filter((code) => code === 'quota-exceeded')).toHaveLength(44);
    expect(story.outcomes.waiting).toBe(0);
    await expect(story.show(nothing, signed, records, {from: 'storage'})).rejects.toMatchObject({code: 'tx-not-found'});
  });

  it('without a permit costs its address nothing while the service is behind the height that it names', async () => {
    const {story, records, tx} = await permitted();
    const [nothing, signed] = ['ee'.repeat(32), Uint8Array.of(1)];
    const seenHeight = ((await story.store.position())?.height ?? 0n) + 1n;
    const ask = (more: object) => story.show(nothing, signed, records, more).catch((error: unknown) => error);
    const codes = async (count: number, more: object) =>
      new Set(
        (await Promise.all(Array.from({length: count}, () => ask(more)))).map((one) => (one as DomainError).code),
      );
    for (let i = 0; i < 2; i += 1) expect(await codes(250, {seenHeight})).toEqual(new Set(['behind']));
    await story.release(tx, records);
    // It is up to that height: then there is no such permit.
    expect(await codes(250, {seenHeight: seenHeight - 1n})).toEqual(new Set(['tx-not-found']));
    expect(await codes(10, {})).toContain('quota-exceeded');
  });

  it('leaves nobody waiting for its permit when the database fails', async () => {
    const {story, records, tx} = await permitted();
    story.store.leafOfTransaction = () => Promise.reject(new Error('database away'));
    await expect(story.release(tx, records)).rejects.toThrow('database away');
    expect(story.outcomes.waiting).toBe(0);
  });

  it('is one answer: whoever shows it again gets nothing, and uses nothing up', async () => {
    const {story, records, tx} = await permitted();
    const other = await story.ask();
    const request = signedReleaseRequest(tx, clinician, toHex(HOSPITAL.id));
    const show = (txId: string, bytes = request) => story.show(txId, bytes, records);
    // Shown for another permit it is of no use, and no worse for its own.
    await refused(story, show(other), {code: 'release-mismatch'});
    await show(tx);
    const again = Buffer.from(Buffer.from(request).toString('latin1').replace('\r\n', '\r\nx: y\r\n'), 'latin1');
    for (const bytes of [request, again])
      await expect(show(tx, bytes)).rejects.toMatchObject({code: 'signature-replayed'});
    expect(story.register.requests).toHaveLength(1);
  });
});
