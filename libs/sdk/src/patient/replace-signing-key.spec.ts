import {beforeEach, describe, expect, it} from '@jest/globals';
import {decodeCanonical, encodeCanonical, fromHex} from '@vitalvault/contracts';
import {SignedWrapBundleSchema, WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {signWrapBundle} from '@vitalvault/envelope';
import {newSigningKey} from '../keys/stored-key.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
import type {PatientKeys} from './patient-keys.js';
import {Patient} from './patient.js';

describe('a signing key that is replaced', () => {
  let all: People;
  /** What her file holds after each save. */
  let saved: PatientKeys[];
  const patientOf = (keys: PatientKeys): Patient =>
    new Patient(
      new PatientContext({
        keys,
        ledger: all.ledger,
        nonces: new MemoryNonceStore(),
        save: (changed) => {
          saved.push(structuredClone(changed));
          return Promise.resolve();
        },
      }),
    );

  beforeEach(async () => {
    all = await people();
    saved = [];
  });

  const withGrant = async () => {
    const {device, slot, platform, grants, terms, clinician, keys} = all;
    await device.post(await device.seal(HEART_RATE, readingsOf(slot - 1, 4)));
    platform.anchor();
    const {grantId} = await grants.put(terms);
    const wrapsPath = `/v1/patients/${keys.patient}/grants/${grantId}/wraps`;
    const ask = (type: {typeTag?: string | undefined} = {}) =>
      clinician.requestAccess({
        patient: keys.patient,
        grantId,
        typeName: HEART_RATE,
        ...type,
        slotFrom: slot - 2,
        slotTo: slot,
        purpose: 'TREAT',
      });
    return {grantId, wrapsPath, ask};
  };

  it('is the current one at once, with new epochs by it, and what comes next is signed by it', async () => {
    const {keys, slot} = all;
    const before = keys.signing;
    const {successions, outcomes} = await patientOf(keys).replaceSigningKey();
    expect(successions).toBe(1);
    expect(outcomes).toMatchObject([{typeName: HEART_RATE, epoch: 2, code: 0}]);
    expect(keys.signing).not.toEqual(before);
    expect(keys.replacement).toBeUndefined();
    expect(keys.successions).toHaveLength(1);
    expect((await patientOf(keys).rotate([HEART_RATE])).outcomes).toMatchObject([{epoch: 3, code: 0}]);
    await expect(patientOf({...keys, signing: before}).rotate([HEART_RATE])).rejects.toMatchObject({
      code: 'tx-refused',
      meta: {codeName: 'unknownKey'},
    });
    expect((await patientOf(keys).replaceSigningKey()).successions).toBe(2);
    expect(keys.epochs.every(({fromSlot}) => fromSlot <= slot + 3)).toBe(true);
  });

  it('leaves the keys that it wrapped good, for permits of before and after, but not the names that it gave', async () => {
    const {ask, wrapsPath, grantId} = await withGrant();
    const {platform, clinician, keys} = all;
    const old = platform.kept.get(wrapsPath) ?? new Uint8Array();
    const ticket = await ask();
    const {typeTag} = (await clinician.grantedKeys(keys.patient, grantId)).types[0] ?? {};
    await patientOf(keys).replaceSigningKey();
    expect(platform.kept.get(wrapsPath)).not.toEqual(old);
    expect((await clinician.fetch(ticket)).records).toHaveLength(1);
    expect((await clinician.fetch(await ask())).records).toHaveLength(1);
    platform.kept.set(wrapsPath, old);
    expect((await clinician.fetch(ticket)).records).toHaveLength(1);
    expect((await clinician.fetch(await ask({typeTag}))).records).toHaveLength(1);
    await expect(ask()).rejects.toMatchObject({code: 'unknown-type'});
  });

  it("is nobody else's: a bundle by another patient's key, or by a device's, is refused", async () => {
    const {ask, wrapsPath} = await withGrant();
    const {platform, clinician, deviceKey, random} = all;
    const ticket = await ask();
    const {bundle} = decodeCanonical(SignedWrapBundleSchema, platform.kept.get(wrapsPath) ?? new Uint8Array());
    for (const {privateKey} of [deviceKey, all.memberKeys.signing, newSigningKey(random)]) {
      const signed = signWrapBundle(decodeCanonical(WrapBundleSchema, bundle), fromHex(privateKey));
      platform.kept.set(wrapsPath, encodeCanonical(SignedWrapBundleSchema, signed));
      await expect(clinician.fetch(ticket)).rejects.toMatchObject({code: 'bad-signature'});
    }
  });

  it('goes on from every moment at which it can end, with the same key, and loses no epoch', async () => {
    await withGrant();
    const {keys, platform} = all;
    let file = structuredClone(keys);
    for (let lost = 1; ; lost += 1) {
      let calls = 0;
      // The service did its part, the client did not hear of it.
      platform.tamper = (_, answer) => {
        calls += 1;
        if (calls === lost) throw new Error('lost');
        return answer;
      };
      saved = [structuredClone(file)];
      const ended = await patientOf(structuredClone(file))
        .replaceSigningKey()
        .catch(() => undefined);
      if (ended !== undefined) break;
      const left = saved.at(-1) ?? file;
      const begun = left.replacement?.signing;
      if (begun !== undefined)
        await expect(patientOf(structuredClone(left)).rotate([HEART_RATE])).rejects.toMatchObject({
          code: 'replacement-pending',
        });
      await patientOf(left).replaceSigningKey();
      file = left;
      // A day gives a succession back.
      platform.chain.ledger.commit([], 90_000n);
      if (begun !== undefined) expect(file.signing).toEqual(begun);
      expect(file.replacement).toBeUndefined();
      expect(file.successions).toHaveLength(lost);
      // Of every epoch on the ledger she has the private key.
      expect(file.epochs.map(({epoch, published}) => [epoch, published])).toEqual(
        Array.from({length: lost + 1}, (_, i) => [i + 1, true]),
      );
    }
    expect(file.successions.length).toBeGreaterThan(4);
  });
});
