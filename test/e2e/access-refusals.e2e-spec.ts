import {beforeAll, describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {HEART_RATE, tagOf} from '@vitalvault/sdk';
import type {AccessTicket, AccessToRequest, GrantTerms} from '@vitalvault/sdk';
import {
  codeOf,
  enrolClinician,
  enrolPatient,
  openOffice,
  readingsOf,
  registerDevice,
  timesAlerted,
} from './platform/actors.js';
import type {ClinicianActor, Office, PatientActor} from './platform/actors.js';
import {releasedKeys, thePlatform} from './platform/platform.js';
import type {Platform} from './platform/platform.js';

/** Rules of docs/protocol.md §6: what the patient is told. */
const RULE = {
  standing: 1,
  exists: 2,
  named: 3,
  revoked: 4,
  accessPeriod: 5,
  type: 6,
  dataPeriod: 7,
  purpose: 8,
  reads: 9,
} as const;

describe('whatever a grant does not say is refused, logged and alerted', () => {
  let platform: Platform;
  let office: Office;
  let owner: PatientActor;
  let ada: ClinicianActor;
  let bob: ClinicianActor;
  let tag: string;
  /** The hour whose data is granted. */
  let hour: number;
  let now: number;
  let grantId: string;
  const attempts: {ticket: AccessTicket; permit: boolean}[] = [];

  const ask = async (
    who: ClinicianActor,
    permit: boolean,
    more: Partial<AccessToRequest> = {},
  ): Promise<AccessTicket> => {
    const ticket = await who.clinician.requestAccess({
      patient: owner.keys.patient,
      grantId,
      typeTag: tag,
      slotFrom: hour,
      slotTo: hour,
      purpose: 'TREAT',
      ...more,
    });
    attempts.push({ticket, permit});
    expect(ticket.permit).toBe(permit);
    return ticket;
  };
  const refused = async (rule: number, more: Partial<AccessToRequest> = {}, who = ada): Promise<AccessTicket> => {
    const ticket = await ask(who, false, more);
    expect(await owner.log.explain(ticket.logIndex === '' ? 0 : BigInt(ticket.logIndex))).toMatchObject({
      permit: false,
      rule,
    });
    expect(await codeOf(who.clinician.fetch(ticket, {types: [], keyOf: () => undefined}))).toBe('access-refused');
    return ticket;
  };
  const terms = (more: Partial<GrantTerms> = {}): GrantTerms => ({
    grantee: ada.keys.member,
    types: [HEART_RATE],
    purposes: ['TREAT'],
    accessFromSlot: now - 2,
    accessToSlot: now + 24,
    dataFromSlot: hour,
    dataToSlot: hour + 1,
    ...more,
  });

  beforeAll(async () => {
    platform = thePlatform();
    office = await openOffice(platform);
    now = await office.ledger.slot();
    hour = now - 20;
    [owner, ada, bob] = await Promise.all([
      enrolPatient(office, now - 100),
      enrolClinician(office),
      enrolClinician(office),
    ]);
    tag = toHex(tagOf(owner.keys, HEART_RATE));
    const {device} = await registerDevice(office, owner, now - 50);
    const sealed = await device.seal(HEART_RATE, [...readingsOf(hour, 30), ...readingsOf(hour + 5, 10)]);
    await device.post(sealed);
    expect(await device.settleAll(60_000)).toHaveLength(2);
    ({grantId} = await owner.grants.put(terms({maxReads: 2})));
  });

  it('without a grant', async () => {
    await refused(RULE.exists, {grantId: undefined});
  });

  it('with the grant of somebody else', async () => {
    await refused(RULE.named, {}, bob);
  });

  it('for another purpose', async () => {
    await refused(RULE.purpose, {purpose: 'HRESCH'});
  });

  it('for hours outside the data period, before or after', async () => {
    await refused(RULE.dataPeriod, {slotFrom: hour - 1});
    await refused(RULE.dataPeriod, {slotTo: hour + 5});
  });

  it('for a type that she cannot name', async () => {
    await refused(RULE.type, {typeTag: undefined});
    await refused(RULE.type, {typeTag: 'ab'.repeat(16)});
  });

  it('after the access period has ended', async () => {
    const past = await owner.grants.put(terms({accessFromSlot: now - 10, accessToSlot: now - 1}));
    await refused(RULE.accessPeriod, {grantId: past.grantId});
  });

  it("another's permit gives nothing", async () => {
    const ticket = await ask(ada, true);
    expect(await codeOf(bob.clinician.fetch(ticket, {types: [], keyOf: () => undefined}))).toBe('not-yours');
    expect(await releasedKeys(platform, ticket.txId)).toBe(0);
  });

  it('a permit is answered three times at the most', async () => {
    const ticket = await ask(ada, true);
    for (let time = 1; time <= 3; time++) {
      const {records, findings} = await ada.clinician.fetch(ticket);
      expect(findings).toEqual([]);
      expect(records.map(({readings}) => readings.length)).toEqual([30]);
    }
    expect(await codeOf(ada.clinician.fetch(ticket))).toBe('release-limit');
    expect(await releasedKeys(platform, ticket.txId)).toBe(3);
  });

  it('after the reads are used up', async () => {
    await refused(RULE.reads);
  });

  it('after the revocation, every request and every permit that was hoarded', async () => {
    const other = await owner.grants.put(terms());
    const hoarded = await ask(ada, true, {grantId: other.grantId});
    const kept = await ada.clinician.grantedKeys(owner.keys.patient, other.grantId);
    expect((await owner.grants.revoke(other.grantId)).outcomes.map(({code}) => code)).toEqual([0]);
    expect(await codeOf(ada.clinician.fetch(hoarded, kept))).toBe('permit-ended');
    expect(await codeOf(ada.clinician.fetch(hoarded))).toBe('permit-ended');
    await refused(RULE.revoked, {grantId: other.grantId});
    expect(await releasedKeys(platform, hoarded.txId)).toBe(0);
  });

  it('a member who was suspended, and the permit that she had', async () => {
    const hers = await owner.grants.put(terms({grantee: bob.keys.member}));
    const hoarded = await ask(bob, true, {grantId: hers.grantId});
    const kept = await bob.clinician.grantedKeys(owner.keys.patient, hers.grantId);
    await office.organisation.suspend(bob.keys.member);
    await refused(RULE.standing, {grantId: hers.grantId}, bob);
    expect(await codeOf(bob.clinician.fetch(hoarded, kept))).toBe('permit-ended');
    expect(await releasedKeys(platform, hoarded.txId)).toBe(0);
  });

  it("every attempt stands in the patient's proven log, in its order, none doubled, with what was asked", async () => {
    const {leaves} = await owner.log.accessLog();
    const accesses = leaves.flatMap(({txId, event}) =>
      event.case === 'access'
        ? [
            {
              txId: toHex(txId),
              permit: event.value.decision?.permit,
              reader: toHex(event.value.reader),
              purpose: event.value.request?.purpose,
            },
          ]
        : [],
    );
    const expected = attempts.map(({ticket, permit}) => ({
      txId: ticket.txId,
      permit,
      reader: expect.any(String),
      purpose: ticket.purpose,
    }));
    expect(accesses).toEqual(expected);
    expect(new Set(accesses.map(({reader}) => reader))).toEqual(new Set([ada.keys.member, bob.keys.member]));
  });

  it('every attempt was alerted exactly once', async () => {
    const of = (permit: boolean): string[] =>
      attempts.flatMap((attempt) => (attempt.permit === permit ? [attempt.ticket.txId] : []));
    const [no, yes] = [of(false), of(true)];
    expect(no.length).toBeGreaterThanOrEqual(11);
    expect(await timesAlerted(owner, no, 'ACCESS_REFUSED')).toEqual(no.map(() => 1));
    expect(await timesAlerted(owner, yes, 'ACCESS_PERMITTED')).toEqual(yes.map(() => 1));
  });
});
