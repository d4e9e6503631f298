import {describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {toHex} from '@vitalvault/contracts';
import {MemberSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import {PEOPLE, testOrganisation} from '@vitalvault/ledger-state/testing';
import {projected} from '../../test/support/projected.js';
import {ChargeRelease} from './charge-release.js';
import type {StoredLeaf} from './ports.js';
import {ProofQuota} from './proof-quota.js';

const {clinician, patient} = PEOPLE;
const reader = toHex(clinician.id);
const place = {
  patient: toHex(patient.id),
  index: 0n,
  txId: 'aa'.repeat(32),
  leaf: {event: {case: 'access', value: {reader: clinician.id}}},
} as unknown as StoredLeaf;

/** She reads her own. */
const other = {...place, leaf: {event: {case: 'access', value: {reader: patient.id}}}} as unknown as StoredLeaf;

/** @param given what the signed request lacks; undefined: it is the reader's */
async function harness() {
  const organisation = testOrganisation('hospital').id;
  const projection = await projected(async (writer) => {
    await writer.putMember(reader, create(MemberSchema, {organisation, signingKey: clinician.key, role: 1}));
    await writer.putPatient(place.patient, create(PatientSchema, {signingKey: patient.key}));
  });
  const clock = {ms: 0};
  const quota = new ProofQuota(() => clock.ms);
  const request: {lacks?: ErrorCode} = {};
  const check = (): Promise<void> =>
    request.lacks === undefined ? Promise.resolve() : Promise.reject(new DomainError(request.lacks));
  const charge = new ChargeRelease({now: () => clock.ms}, {projection, requests: {check}, quota});
  const ask = (from = 'storage', find = () => Promise.resolve(place)) =>
    charge.execute({from, txId: place.txId, signedRequest: new Uint8Array()}, find);
  /** How many of 300 are let through, and why the others are not. */
  const ask300 = async (lacks: ErrorCode | undefined, from: string) => {
    Object.assign(request, {lacks});
    const codes: string[] = [];
    for (let i = 0; i < 300; i += 1)
      await ask(from).then(
        () => codes.push('paid'),
        (error: unknown) => codes.push((error as DomainError).code),
      );
    return Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((one) => one === code).length]));
  };
  return {ask, ask300, clock, request};
}

describe('ChargeRelease', () => {
  it('charges the reader who signed, and says by which key', async () => {
    const {ask, ask300} = await harness();
    expect(await ask()).toEqual({place, signedBy: clinician.key});
    expect(await ask300(undefined, 'storage')).toEqual({paid: 255, 'quota-exceeded': 45});
  });

  it('charges strangers together for what another key has signed, which may be hers by now', async () => {
    const {ask, ask300, request} = await harness();
    expect(await ask300('unknown-key', 'ingest')).toEqual({paid: 256, 'quota-exceeded': 44});
    await expect(ask('other')).rejects.toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    delete request.lacks;
    expect((await ask()).signedBy).toEqual(clinician.key);
  });

  it.each(['signature-stale', 'signature-replayed', 'release-mismatch'] as const)(
    '%s: charges her who signed it, and not the address, which is all readers',
    async (lacks) => {
      const {ask, ask300, request} = await harness();
      expect(await ask300(lacks, 'storage')).toEqual({[lacks]: 256, 'quota-exceeded': 44});
      delete request.lacks;
      await expect(ask()).rejects.toMatchObject({code: 'quota-exceeded'});
      expect(await ask('storage', () => Promise.resolve(other))).toEqual({place: other, signedBy: patient.key});
    },
  );

  it.each(['signature-invalid', 'signature-missing', 'digest-mismatch'] as const)(
    '%s: charges nobody but the address, whose turn comes again',
    async (lacks) => {
      const {ask, ask300, clock, request} = await harness();
      expect(await ask300(lacks, 'ingest')).toEqual({[lacks]: 256, 'quota-exceeded': 44});
      delete request.lacks;
      expect((await ask300(undefined, 'storage'))['paid']).toBe(256);
      await expect(ask('ingest')).rejects.toMatchObject({code: 'quota-exceeded'});
      clock.ms = 1_000;
      await ask('ingest');
    },
  );

  it('what is away is charged to no address', async () => {
    const {ask300} = await harness();
    expect(await ask300('database-unavailable', 'storage')).toEqual({'database-unavailable': 300});
  });

  it('has so many under way from one address, before any work', async () => {
    const {ask} = await harness();
    const found = Promise.withResolvers<StoredLeaf>();
    let looked = 0;
    const asked = Promise.allSettled(
      Array.from({length: 300}, () =>
        ask('ingest', () => {
          looked += 1;
          return found.promise;
        }),
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(looked).toBe(256);
    await ask('storage');
    found.resolve(place);
    expect((await asked).filter(({status}) => status === 'rejected')).toHaveLength(45);
  });
});
