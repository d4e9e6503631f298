import {beforeAll, describe, expect, it} from '@jest/globals';
import {VerifiedLedger, verifyHeader} from './ledger/verified-ledger.js';
import {ApiClient} from './http/api-client.js';
import {verifyAccessLog} from './patient/access-log.js';
import type {AccessLogEvidence} from './patient/access-log.js';
import {HEART_RATE} from './open-mhealth/heart-rate.js';
import {HOSPITAL, people} from '../testing/people.js';
import type {People} from '../testing/people.js';

const NO_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1h' as unknown as number];
const REFUSED = expect.objectContaining({code: 'invalid-argument'});

describe('numbers and ids that callers give', () => {
  let all: People;
  let sent: string[];

  beforeAll(async () => {
    all = await people();
    sent = [];
    all.platform.tamper = (path, answer) => {
      sent.push(path);
      return answer;
    };
  });

  it.each([...NO_NUMBERS, 0, -1])('an age of %p switches no check of freshness off', (maxHeaderAgeMs) => {
    const {ledger, platform} = all;
    const old = platform.chain.signedHeader();
    const now = platform.chain.timeMs + 366 * 86_400_000;
    expect(() => verifyHeader(old, ledger.genesis, {now, maxHeaderAgeMs})).toThrow(REFUSED);
    expect(() => new VerifiedLedger({api: ledger.api, genesis: ledger.genesis, maxHeaderAgeMs})).toThrow(REFUSED);
  });

  it.each(NO_NUMBERS)('a time of %p is not now', (now) => {
    const old = all.platform.chain.signedHeader();
    expect(() => verifyHeader(old, all.ledger.genesis, {now, maxHeaderAgeMs: 60_000})).toThrow(REFUSED);
  });

  it.each(['x', null, {}, 0.5, -1, 'NaN'])('evidence that says %p witnesses are enough has none', async (needed) => {
    const {evidence} = await all.log.accessLog();
    const forged = {...evidence, witnesses: [], witnessesNeeded: needed} as unknown as AccessLogEvidence;
    const trust = {genesis: all.ledger.genesis, now: all.platform.chain.timeMs};
    expect(verifyAccessLog(forged, trust).oneOrganisation).toBe(true);
    expect(() => verifyAccessLog(forged, {...trust, strict: true})).toThrow(
      expect.objectContaining({code: 'one-organisation'}),
    );
  });

  it.each([0, -1, 1.5, 2 ** 32, '3' as unknown as number, ...NO_NUMBERS])(
    'a grant of %p reads is refused before anything is sent, not made without a limit',
    async (maxReads) => {
      sent.length = 0;
      await expect(all.grants.put({...all.terms, maxReads})).rejects.toEqual(REFUSED);
      expect(sent).toEqual([]);
    },
  );

  it('a grant has the limit that was given, or none', async () => {
    const {clinician, grants, keys, slot, terms} = all;
    const {grantId} = await grants.put({...terms, maxReads: 1});
    const ask = async (id: string) =>
      (
        await clinician.requestAccess({
          patient: keys.patient,
          grantId: id,
          typeName: HEART_RATE,
          slotFrom: slot,
          slotTo: slot,
          purpose: 'TREAT',
        })
      ).permit;
    expect([await ask(grantId), await ask(grantId)]).toEqual([true, false]);
    const unlimited = (await grants.put(terms)).grantId;
    expect([await ask(unlimited), await ask(unlimited)]).toEqual([true, true]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a slot of a grant', () => all.grants.put({...all.terms, dataToSlot: 2 ** 32})],
    ['a slot of an epoch', () => all.patient.publishEpochs(['omh:step-count'], Number.NaN)],
    ['a slot of a removal', () => all.patient.removeDevice('00'.repeat(20), {distrustFromSlot: 1.5})],
    ['a grantee', () => all.grants.put({...all.terms, grantee: 'Kéller'})],
    ['a grant to alter', () => all.grants.put({...all.terms, grantId: 'abc'})],
    ['a grant to revoke', () => all.grants.revoke('77ab…')],
    ['a device', () => all.patient.removeDevice('watch')],
    ['a member', () => all.organisation.suspend('keller')],
    ['a time-out', () => all.device.settleAll(Number.NaN)],
    [
      'an hour of a request',
      () => all.clinician.requestAccess({patient: all.keys.patient, slotFrom: -1, slotTo: 1, purpose: 'TREAT'}),
    ],
    ['a patient', () => all.clinician.requestAccess({patient: 'anna', slotFrom: 1, slotTo: 1, purpose: 'TREAT'})],
  ])('%s that is none is refused as such', async (_what, act) => {
    await expect(act()).rejects.toEqual(REFUSED);
  });

  it.each(['attempts', 'longestWaitMs', 'timeoutMs'])('a client is not made with %s that is no number', (name) => {
    const endpoints = {ingest: 'http://a', policy: 'http://a', storage: 'http://a', notify: 'http://a'};
    expect(() => new ApiClient({endpoints, organisation: HOSPITAL, [name]: Number.NaN})).toThrow(REFUSED);
  });
});
