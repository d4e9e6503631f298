import {beforeAll, beforeEach, describe, expect, it} from '@jest/globals';
import {decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {SignedWrapBundleSchema, WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrappedEpoch} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {ReleasePage} from '@vitalvault/contracts/gen/storage/v1/storage';
import {generateSigningKey, openDetails, signWrapBundle} from '@vitalvault/envelope';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import type {AccessTicket} from './access-ticket.js';
import {Clinician} from './clinician.js';
import {createMemberKeys} from './member-keys.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';

describe("a clinician's client", () => {
  let all: People;
  let ticket: AccessTicket;
  let wrapsPath: string;

  const lying = (change: (page: ReleasePage) => void): void => {
    all.platform.tamper = (path, answer) => {
      if (path !== '/v1/releases' || answer.bytes === undefined) return answer;
      const page = decodeCanonical(ReleasePageSchema, answer.bytes);
      change(page);
      return {bytes: encodeCanonical(ReleasePageSchema, page)};
    };
  };
  const flip = (bytes: Uint8Array | undefined): Uint8Array =>
    Uint8Array.from(bytes ?? [], (byte, i) => (i === 60 % (bytes?.length ?? 1) ? byte ^ 1 : byte));

  beforeAll(async () => {
    all = await people();
    const {device, slot, platform, grants, terms, clinician, keys} = all;
    for (const hour of [slot - 3, slot - 2, slot - 1])
      await device.post(await device.seal(HEART_RATE, readingsOf(hour, 4)));
    platform.anchor();
    const {grantId} = await grants.put(terms);
    wrapsPath = `/v1/patients/${keys.patient}/grants/${grantId}/wraps`;
    ticket = await clinician.requestAccess({
      patient: keys.patient,
      grantId,
      typeName: HEART_RATE,
      slotFrom: slot - 3,
      slotTo: slot - 1,
      purpose: 'TREAT',
      message: 'hello',
    });
  });

  beforeEach(() => {
    all.platform.tamper = (_, answer) => answer;
    all.platform.complaints.length = 0;
  });

  it('opens everything when nobody lies', async () => {
    const {records, findings} = await all.clinician.fetch(ticket);
    expect(records).toHaveLength(3);
    expect(findings).toEqual([]);
    expect(all.platform.complaints).toEqual([]);
  });

  it.each<[string, (page: ReleasePage) => void, string]>([
    [
      'ciphertext',
      (page) => {
        const [record] = page.records;
        if (record) record.ciphertext = flip(record.ciphertext);
      },
      'ciphertext',
    ],
    [
      "device's key",
      (page) => {
        const [record] = page.records;
        if (record) record.deviceKey = generateSigningKey(all.random).publicKey;
      },
      'wrong-owner',
    ],
    [
      'signature',
      (page) => {
        const [record] = page.records;
        if (record) record.signature = flip(record.signature);
      },
      'signature',
    ],
  ])("says so, and tells the patient, when a record's %s was changed", async (_, change, kind) => {
    lying(change);
    const {records, findings} = await all.clinician.fetch(ticket);
    expect(records).toHaveLength(2);
    expect(findings.map((finding) => finding.kind)).toEqual([kind]);
    expect(all.platform.complaints).toEqual([
      expect.objectContaining({txId: ticket.txId, recordId: findings[0]?.recordId}),
    ]);
  });

  it('opens nothing of a page whose records are not the ones that the bundle was sealed for', async () => {
    lying((page) => {
      page.records.reverse();
    });
    await expect(all.clinician.fetch(ticket)).rejects.toMatchObject({code: 'hpke-open'});
    lying((page) => {
      const [record] = page.records;
      if (record) record.sealedKeyHash = flip(record.sealedKeyHash);
    });
    await expect(all.clinician.fetch(ticket)).rejects.toMatchObject({code: 'hpke-open'});
  });

  it('shows numbers that are missing in the middle, and accuses nobody: they may be of other hours, or given up', async () => {
    const {platform, clinician} = all;
    const [, middle] = [...platform.records.entries()];
    platform.records.delete(middle?.[0] ?? '');
    const {records, findings, gaps} = await clinician.fetch(ticket);
    if (middle) platform.records.set(...middle);
    expect(records).toHaveLength(2);
    expect(findings).toEqual([]);
    expect(gaps).toMatchObject([{registration: 1, from: 2n, to: 2n}]);
    expect(platform.complaints).toEqual([]);
  });

  it('has nothing to open, and nothing to complain of, when a permit covers no record', async () => {
    const {clinician, keys, slot, platform} = all;
    const {grantId} = ticket;
    const asked = {patient: keys.patient, grantId, typeName: HEART_RATE, purpose: 'TREAT' as const};
    const empty = await clinician.requestAccess({...asked, slotFrom: slot, slotTo: slot});
    expect(await clinician.fetch(empty)).toEqual({records: [], copies: 0, findings: [], gaps: [], pages: 1});
    expect(platform.complaints).toEqual([]);
    // A page that was emptied on its way still has the bundle of what was taken out.
    lying((page) => {
      page.records = [];
    });
    await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'hpke-open'});
  });

  it('takes no record of an hour that was not asked for', async () => {
    const {records, findings} = await all.clinician.fetch({...ticket, slotTo: ticket.slotTo - 1});
    expect(records).toHaveLength(2);
    expect(findings.map(({kind}) => kind)).toEqual(['wrong-record']);
  });

  it('uses no epoch key but from a bundle that the patient signed for her, with the public key that the ledger has', async () => {
    const {platform, clinician, keys, random} = all;
    const honest = platform.kept.get(wrapsPath) ?? new Uint8Array();
    const {bundle} = decodeCanonical(SignedWrapBundleSchema, honest);
    expect(bundle.length).toBeGreaterThan(0);
    platform.kept.set(wrapsPath, flip(honest));
    await expect(clinician.fetch(ticket)).rejects.toThrow();
    const forged = signWrapBundle(incomplete(WrapBundleSchema, {version: 9}), generateSigningKey(random).privateKey);
    platform.kept.set(wrapsPath, encodeCanonical(SignedWrapBundleSchema, forged));
    await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'bad-signature'});
    platform.kept.set(
      wrapsPath,
      encodeCanonical(
        SignedWrapBundleSchema,
        signWrapBundle(
          incomplete(WrapBundleSchema, {version: 9, chainId: all.ledger.chainId, patient: fromHex(keys.patient)}),
          fromHex(keys.signing.privateKey),
        ),
      ),
    );
    await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'wraps-missing'});
    platform.kept.delete(wrapsPath);
    await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'wraps-missing'});
    platform.kept.set(wrapsPath, honest);
  });

  it("tells keys that the patient signed and that do not fit as hers, not as the service's fault", async () => {
    const {platform, clinician, keys} = all;
    const honest = platform.kept.get(wrapsPath) ?? new Uint8Array();
    const {bundle} = decodeCanonical(SignedWrapBundleSchema, honest);
    const signed = (change: (epoch: WrappedEpoch) => void): Uint8Array => {
      const own = decodeCanonical(WrapBundleSchema, bundle);
      own.epochs.forEach(change);
      return encodeCanonical(SignedWrapBundleSchema, signWrapBundle(own, fromHex(keys.signing.privateKey)));
    };
    const changes: ((epoch: WrappedEpoch) => void)[] = [
      (epoch) => (epoch.publicKey = flip(epoch.publicKey)),
      (epoch) => (epoch.sealed = flip(epoch.sealed)),
      (epoch) => (epoch.epoch += 7),
    ];
    for (const change of changes) {
      platform.kept.set(wrapsPath, signed(change));
      await expect(clinician.fetch(ticket)).rejects.toMatchObject({
        code: 'wraps-wrong',
        remedy: expect.stringContaining('ask the patient'),
      });
    }
    platform.kept.set(wrapsPath, Uint8Array.of(1, 2, 3));
    await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'answer-malformed'});
    platform.kept.set(wrapsPath, honest);
  });

  it("cannot open with another member's keys", async () => {
    const {ledger, random} = all;
    const other = new Clinician({
      keys: {...createMemberKeys(random), member: all.memberKeys.member},
      ledger,
      nonces: new MemoryNonceStore(),
    });
    await expect(other.fetch(ticket)).rejects.toMatchObject({code: 'wraps-wrong'});
  });

  it('leaves words that the patient alone can read', async () => {
    const {patient, keys, ledger, memberKeys} = all;
    const blob = await patient.details(ticket.txId);
    const context = {chainId: ledger.chainId, patient: fromHex(keys.patient), reader: fromHex(memberKeys.member)};
    const words = await openDetails(context, fromHex(keys.encryption.privateKey), blob ?? new Uint8Array());
    expect(JSON.parse(new TextDecoder().decode(words))).toEqual({typeName: HEART_RATE, message: 'hello'});
    expect(toHex(blob ?? new Uint8Array())).not.toContain(toHex(new TextEncoder().encode('hello')));
    expect(await patient.details('00'.repeat(32))).toBeUndefined();
  });

  it('believes no state but with a proof under a header that the validators signed', async () => {
    const {platform, clinician, keys, slot} = all;
    platform.tamper = (path, answer) =>
      path === '/v1/proofs'
        ? {json: {...(answer.json as object), signedHeader: platform.chain.signedHeader(2)}}
        : answer;
    await expect(
      clinician.requestAccess({
        patient: keys.patient,
        grantId: ticket.grantId,
        typeName: HEART_RATE,
        slotFrom: slot,
        slotTo: slot,
        purpose: 'TREAT',
      }),
    ).rejects.toMatchObject({code: 'untrusted-header'});
  });

  it('keeps no name of a type whose tag no grant told her', async () => {
    const {clinician, keys, slot} = all;
    const asked = {
      patient: keys.patient,
      typeName: HEART_RATE,
      slotFrom: slot - 1,
      slotTo: slot - 1,
      purpose: 'TREAT' as const,
    };
    const unnamed = await clinician.requestAccess(asked);
    expect([unnamed.permit, unnamed.typeTag, unnamed.typeName]).toEqual([false, '00'.repeat(16), undefined]);
    expect(ticket).toMatchObject({permit: true, typeName: HEART_RATE});
    // The tag that was told before names it also without the grant.
    const named = await clinician.requestAccess({...asked, typeTag: ticket.typeTag});
    expect([named.typeTag, named.typeName]).toEqual([ticket.typeTag, HEART_RATE]);
  });

  it('finds its nonce again when its counter was lost', async () => {
    const {ledger, memberKeys, keys, slot} = all;
    const restored = new Clinician({keys: memberKeys, ledger, nonces: new MemoryNonceStore()});
    expect(
      (await restored.requestAccess({patient: keys.patient, slotFrom: slot, slotTo: slot, purpose: 'TREAT'})).permit,
    ).toBe(false);
  });
});
