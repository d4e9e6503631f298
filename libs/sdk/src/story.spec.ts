import {beforeAll, describe, expect, it} from '@jest/globals';
import {fromHex, toHex} from '@vitalvault/contracts';
import {Clinician} from './clinician/clinician.js';
import {createMemberKeys, memberRequest} from './clinician/member-keys.js';
import {joinOrganisation} from './clinician/membership.js';
import {MemoryNonceStore} from './ledger/nonce-store.js';
import {enrol, enrolmentRequest} from './patient/enrolment.js';
import {createPatientKeys, ownKeys} from './patient/patient-keys.js';
import {heartRateOf, HEART_RATE} from './open-mhealth/heart-rate.js';
import {HOSPITAL, people, readingsOf} from '../testing/people.js';
import type {People} from '../testing/people.js';

describe("the SDK over the ledger's real rules", () => {
  let all: People;
  beforeAll(async () => {
    all = await people();
  });

  it("brings readings to a clinician whole, after the request stands in the patient's log", async () => {
    const {device, platform, grants, clinician, log, keys, slot, terms} = all;
    const sent = [...readingsOf(slot - 3, 100), ...readingsOf(slot - 2, 30)];
    const records = await device.seal(HEART_RATE, sent);
    expect(records).toHaveLength(3);
    const outcomes = await device.post(records);
    expect(outcomes.map(({status}) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect((await device.repost()).map(({status}) => status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect((await device.settle()).waiting).toBe(3);
    platform.anchor();
    expect((await device.settle()).anchored).toHaveLength(3);

    const {grantId, wrapped} = await grants.put(terms);
    expect(wrapped).toBe(1);
    const ticket = await clinician.requestAccess({
      patient: keys.patient,
      grantId,
      typeName: HEART_RATE,
      slotFrom: slot - 3,
      slotTo: slot - 2,
      purpose: 'TREAT',
      message: 'before your visit',
    });
    expect(ticket.permit).toBe(true);
    const {records: opened, findings} = await clinician.fetch(JSON.parse(JSON.stringify(ticket)));
    expect(findings).toEqual([]);
    const received = opened
      .flatMap(({readings}) => readings)
      .map(heartRateOf)
      .toSorted((a, b) => a.timeMs - b.timeMs);
    expect(received.map(({timeMs, beatsPerMinute}) => [timeMs, beatsPerMinute])).toEqual(
      sent.map(({text}) => heartRateOf(text)).map(({timeMs, beatsPerMinute}) => [timeMs, beatsPerMinute]),
    );

    const {leaves} = await log.accessLog();
    expect(leaves.map(({event}) => event.case)).toEqual(['enrolled', 'keys', 'deviceRegistered', 'grant', 'access']);
    expect(leaves.at(-1)?.txId).toEqual(fromHex(ticket.txId));
  });

  it("shows who a member is only by her organisation's word and a proof", async () => {
    const {grants, memberKeys, platform, random} = all;
    expect(await grants.lookUp(memberKeys.member)).toMatchObject({
      name: 'Dr. Ada',
      organisationName: 'hospital',
      suspended: false,
    });
    await expect(grants.lookUp(toHex(random(20)))).rejects.toMatchObject({code: 'unknown-grantee'});
    // An organisation has no key that anything could be sealed to: no grant is even sent.
    const sent = platform.calls.length;
    await expect(grants.put({...all.terms, grantee: HOSPITAL})).rejects.toMatchObject({
      code: 'grantee-is-organisation',
      detail: expect.stringContaining('hospital'),
    });
    expect(platform.calls).toHaveLength(sent);
    const path = `/v1/members/${memberKeys.member}/profile`;
    const honest = platform.kept.get(path) ?? new Uint8Array();
    platform.kept.set(
      path,
      honest.map((byte, i) => (i === 70 ? byte ^ 1 : byte)),
    );
    await expect(grants.lookUp(memberKeys.member)).rejects.toThrow();
    platform.kept.set(path, honest);
  });

  it('lets the patient read what is hers, without a grant, and logs that too', async () => {
    const {keys, ledger, slot, log} = all;
    const reader = new Clinician({
      keys: {member: keys.patient, signing: keys.signing, encryption: keys.encryption},
      ledger,
      nonces: new MemoryNonceStore(1_000n),
    });
    const ticket = await reader.requestAccess({
      patient: keys.patient,
      typeTag: keys.epochs[0]?.typeTag,
      slotFrom: slot - 3,
      slotTo: slot - 2,
      purpose: 'PATRQT',
    });
    const {records, findings} = await reader.fetch(ticket, ownKeys(keys));
    expect([ticket.permit, records.length, findings]).toEqual([true, 3, []]);
    expect((await log.accessLog()).leaves.at(-1)?.event.value).toMatchObject({decision: {permit: true}});
  });

  it('signs nothing that an organisation slipped in: other keys, another message', async () => {
    const {ledger, organisation, random} = all;
    const [mine, other] = [createPatientKeys(random), createPatientKeys(random)];
    const refused = expect.objectContaining({code: 'part-refused'});
    await expect(enrol(mine, ledger, await organisation.sponsor(enrolmentRequest(other)))).rejects.toThrow(refused);
    await expect(enrol(mine, ledger, 'vvtx1.AAAA')).rejects.toThrow(refused);
    await expect(organisation.sponsor('vvenrol1.AAAA')).rejects.toThrow(refused);
    const [ada, eve] = [createMemberKeys(random), createMemberKeys(random)];
    const endorsement = await organisation.endorse({
      request: memberRequest(eve),
      name: 'Eve',
      title: '',
      role: 'nurse',
    });
    await expect(joinOrganisation(ada, ledger, endorsement)).rejects.toThrow(refused);
    const [head, profile] = endorsement.split('.');
    const [, , ...part] = (
      await organisation.endorse({request: memberRequest(ada), name: 'Ada', title: '', role: 'nurse'})
    ).split('.');
    await expect(joinOrganisation(ada, ledger, [head, profile, ...part].join('.'))).rejects.toThrow(refused);
  });

  it('logs a request without any grant, which is refused', async () => {
    const {clinician, keys, slot, log} = all;
    const ticket = await clinician.requestAccess({
      patient: keys.patient,
      slotFrom: slot - 3,
      slotTo: slot - 2,
      purpose: 'TREAT',
    });
    expect(ticket.permit).toBe(false);
    await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'access-refused'});
    const {leaves} = await log.accessLog();
    expect(leaves.at(-1)?.event.value).toMatchObject({decision: {permit: false}});
  });

  it('revokes, begins a new epoch in the same transaction and gives its key to the grants that go on', async () => {
    const {grants, clinician, keys, slot, terms, platform, device} = all;
    const doomed = await grants.put(terms);
    const kept = await grants.put(terms);
    const {outcomes, rewrapped} = await grants.revoke(doomed.grantId);
    expect(outcomes.map(({code, epoch}) => [code, epoch])).toEqual([[0, 2]]);
    expect(rewrapped).toContain(kept.grantId);
    expect(rewrapped).not.toContain(doomed.grantId);
    const ask = {
      patient: keys.patient,
      typeTag: keys.epochs[0]?.typeTag ?? '',
      slotFrom: slot - 3,
      slotTo: slot,
      purpose: 'TREAT' as const,
    };
    expect((await clinician.requestAccess({...ask, grantId: doomed.grantId})).permit).toBe(false);
    // New readings are sealed under the new epoch, and the grant that goes on opens both epochs.
    await device.epochKeys.refresh(fromHex(ask.typeTag));
    await device.post(await device.seal(HEART_RATE, readingsOf(slot, 5)));
    platform.anchor();
    await device.settle();
    const ticket = await clinician.requestAccess({...ask, grantId: kept.grantId});
    const {records, findings} = await clinician.fetch(ticket);
    expect(findings).toEqual([]);
    expect(new Set(records.map(({header}) => header.epoch))).toEqual(new Set([1, 2]));
    expect((await grants.revoke('ab'.repeat(16), {unlisted: true})).outcomes).toEqual([]);
  });
});
