import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {HEART_RATE, tagOf} from '@vitalvault/sdk';
import type {AccessTicket, GrantTerms} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
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
import {inDatabase, releasedKeys, thePlatform} from './platform/platform.js';
import type {Platform} from './platform/platform.js';

describe('log before key: no key is opened that the ledger and the alert do not stand behind', () => {
  let platform: Platform;
  let office: Office;
  let owner: PatientActor;
  let ada: ClinicianActor;
  let hour: number;
  let now: number;
  let grantId: string;
  let recordIds: string[];
  const down = new Set<string>();

  const ask = (grant: string, slot = hour): Promise<AccessTicket> =>
    ada.clinician.requestAccess({
      patient: owner.keys.patient,
      grantId: grant,
      typeTag: toHex(tagOf(owner.keys, HEART_RATE)),
      slotFrom: slot,
      slotTo: hour + 1,
      purpose: 'TREAT',
    });
  const terms = (): GrantTerms => ({
    grantee: ada.keys.member,
    types: [HEART_RATE],
    purposes: ['TREAT'],
    accessFromSlot: now - 2,
    accessToSlot: now + 24,
    dataFromSlot: hour,
    dataToSlot: hour + 1,
  });
  const kill = async (name: string): Promise<void> => {
    down.add(name);
    await platform.control('kill', name);
  };
  const start = async (name: string): Promise<void> => {
    await platform.control('start', name);
    down.delete(name);
  };
  const expectRefused = async (ticket: AccessTicket, code: string, status: number): Promise<void> => {
    const kept = {types: [], keyOf: () => undefined};
    await expect(ada.clinician.fetch(ticket, kept)).rejects.toMatchObject({code, status});
    expect(await releasedKeys(platform, ticket.txId)).toBe(0);
  };

  beforeAll(async () => {
    platform = thePlatform();
    office = await openOffice(platform);
    now = await office.ledger.slot();
    hour = now - 20;
    [owner, ada] = await Promise.all([enrolPatient(office, now - 100), enrolClinician(office)]);
    const {device} = await registerDevice(office, owner, now - 50);
    const sealed = await device.seal(HEART_RATE, [...readingsOf(hour, 20), ...readingsOf(hour + 1, 20)]);
    recordIds = sealed.map(({recordId}) => recordId);
    await device.post(sealed);
    expect(await device.settleAll(60_000)).toHaveLength(2);
    ({grantId} = await owner.grants.put(terms()));
  });
  afterAll(async () => {
    for (const name of down) await platform.control('start', name);
  });

  it('a forged projection, with which a revoked grant stands again, is refused', async () => {
    const {grantId: revoked} = await owner.grants.put(terms());
    const hoarded = await ask(revoked);
    expect(hoarded.permit).toBe(true);
    await owner.grants.revoke(revoked);
    await eventually(async () => {
      const rows = await grantRows(revoked);
      if (rows.length < 2) throw new Error('the revocation is not projected yet');
    });
    const changed = await inDatabase(platform, 'policy', async (client) => {
      const {rows} = await client.query<{height: string; tx_index: number; value: Buffer}>(
        'SELECT height, tx_index, value FROM grants WHERE grant_id = $1 ORDER BY height, tx_index',
        [revoked],
      );
      const [first, last] = [rows.at(0), rows.at(-1)];
      const {rowCount} = await client.query(
        'UPDATE grants SET value = $1 WHERE grant_id = $2 AND height = $3 AND tx_index = $4',
        [first?.value, revoked, last?.height, last?.tx_index],
      );
      return rowCount;
    });
    expect(changed).toBe(1);
    await expectRefused(hoarded, 'permit-ended', 403);
  });

  it('a refused access that both databases call permitted is refused', async () => {
    const [good, bad] = [await ask(grantId), await ask(grantId, hour - 5)];
    expect([good.permit, bad.permit]).toEqual([true, false]);
    // The leaf of the permit is put in place of the refused one; storage's own table follows the lie.
    const forgedLeaf = await inDatabase(
      platform,
      'policy',
      async (client) =>
        (
          await client.query(
            'UPDATE access_leaves SET value = (SELECT value FROM access_leaves WHERE tx_id = $1), rule = 0 WHERE tx_id = $2',
            [good.txId, bad.txId],
          )
        ).rowCount,
    );
    const forgedRequest = await inDatabase(
      platform,
      'storage',
      async (client) =>
        (
          await client.query(
            `UPDATE access_requests SET permit = true, record_log_size = g.record_log_size, release_until_height = g.release_until_height, release_until_time = g.release_until_time
       FROM (SELECT * FROM access_requests WHERE tx_id = $1) g WHERE access_requests.tx_id = $2`,
            [good.txId, bad.txId],
          )
        ).rowCount,
    );
    expect([forgedLeaf, forgedRequest]).toEqual([1, 1]);
    await expectRefused(bad, 'access-refused', 403);
  });

  it('a permit whose place in the log is forged onto another permit is refused', async () => {
    const [mine, other] = [await ask(grantId), await ask(grantId)];
    const swapped = await inDatabase(platform, 'policy', async (client) => {
      const {rows} = await client.query<{tx_id: string; leaf_index: string}>(
        'SELECT tx_id, leaf_index FROM access_leaves WHERE tx_id = ANY($1)',
        [[mine.txId, other.txId]],
      );
      expect(rows).toHaveLength(2);
      await client.query('DELETE FROM access_leaves WHERE tx_id = $1', [other.txId]);
      return (
        await client.query('UPDATE access_leaves SET leaf_index = $1 WHERE tx_id = $2', [
          rows.find(({tx_id: id}) => id === other.txId)?.leaf_index,
          mine.txId,
        ])
      ).rowCount;
    });
    expect(swapped).toBe(1);
    const code = await codeOf(ada.clinician.fetch(mine, {types: [], keyOf: () => undefined}));
    expect(['not-verified', 'access-refused', 'release-mismatch']).toContain(code);
    expect(await releasedKeys(platform, mine.txId)).toBe(0);
  });

  it('a sealed key that was exchanged for another of hers is refused, and all of the page with it', async () => {
    const ticket = await ask(grantId);
    await swapSealedKeys();
    await expectRefused(ticket, 'release-mismatch', 409);
    await swapSealedKeys();
    const {records, findings} = await ada.clinician.fetch(ticket);
    expect(findings).toEqual([]);
    expect(records).toHaveLength(2);
  });

  it('notify down: 503 that names it, nothing released; started again, it works, and one alert is raised', async () => {
    const ticket = await ask(grantId);
    down.add('notify');
    await platform.control('stop', 'notify');
    await expectRefused(ticket, 'notify-unavailable', 503);
    await start('notify');
    await eventually(
      async () => {
        expect((await ada.clinician.fetch(ticket)).records).toHaveLength(2);
      },
      20_000,
      500,
    );
    expect(await releasedKeys(platform, ticket.txId)).toBe(1);
    expect(await timesAlerted(owner, [ticket.txId], 'ACCESS_PERMITTED')).toEqual([1]);
  });

  it('ledger without two thirds: 503, nothing released, nothing decided; it heals when they are back', async () => {
    const ticket = await ask(grantId);
    await Promise.all(['comet-2', 'comet-3'].map(kill));
    // A header may be 30 seconds old: only then the proof is none any more.
    const frozenAt = (await office.ledger.head()).timeSeconds;
    await eventually(
      async () => {
        const {height} = await office.ledger.head();
        expect(Date.now() / 1_000 - Number((await office.ledger.head()).timeSeconds)).toBeGreaterThan(31);
        expect(height).toBeGreaterThan(0n);
      },
      45_000,
      500,
    );
    expect(Number((await office.ledger.head()).timeSeconds - frozenAt)).toBeLessThan(5);
    const kept = {types: [], keyOf: () => undefined};
    await expect(ada.clinician.fetch(ticket, kept)).rejects.toMatchObject({
      status: 503,
      code: expect.stringMatching(/^(ledger-unavailable|not-verified|behind)$/),
    });
    expect(await releasedKeys(platform, ticket.txId)).toBe(0);
    await Promise.all(['comet-2', 'comet-3'].map(start));
    await eventually(
      async () => {
        expect((await ada.clinician.fetch(ticket)).records).toHaveLength(2);
      },
      60_000,
      500,
    );
    expect(await releasedKeys(platform, ticket.txId)).toBe(1);
  });

  async function grantRows(id: string): Promise<unknown[]> {
    return inDatabase(
      platform,
      'policy',
      async (client) => (await client.query('SELECT 1 FROM grants WHERE grant_id = $1', [id])).rows,
    );
  }

  async function swapSealedKeys(): Promise<void> {
    const changed = await inDatabase(
      platform,
      'storage',
      async (client) =>
        (
          await client.query(
            'UPDATE sealed_keys a SET sealed_key = b.sealed_key FROM sealed_keys b WHERE a.record_id = ANY($1) AND b.record_id = ANY($1) AND a.record_id <> b.record_id',
            [recordIds],
          )
        ).rowCount,
    );
    expect(changed).toBe(2);
  }
});
