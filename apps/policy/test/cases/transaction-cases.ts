import {describe, expect, it} from '@jest/globals';
import {CODE, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {openServiceDescription, profileHash, signMemberProfile, signTx} from '@vitalvault/envelope';
import {requestAccess} from '@vitalvault/ledger-state/testing';
import {incomplete} from '@vitalvault/contracts/testing';
import {
  TYPE,
  clinician,
  clinicianBox,
  clinicianId,
  device,
  patient,
  patientBox,
  recovery,
  stranger,
} from '../policy-people.js';
import {until} from '../policy-story.js';
import type {PolicyStory} from '../policy-story.js';

/** The patient and the clinician come to the ledger. */
export function transactionCases(story: PolicyStory): void {
  describe('transactions', () => {
    it('are sent to a service that says whose it is', async () => {
      const {status, type, bytes} = await story.system.call('GET', '/.well-known/vitalvault');
      expect([status, type]).toEqual([200, TYPE('service-description')]);
      const signed = decodeCanonical(SignedServiceDescriptionSchema, bytes);
      const policyKeys = story.system.genesis.genesis.organisations
        .flatMap(({id, keys}) => (toHex(id) === story.system.organisationId ? keys : []))
        .flatMap(({role, key}) => (role === 5 && key !== undefined ? [key] : []));
      const [key] = policyKeys;
      if (key === undefined) throw new Error('no policy key');
      expect(openServiceDescription(signed, key)).toMatchObject({chainId: story.chainId, service: 'policy'});
    });

    const enrol = (who = patient) => ({
      case: 'enrolPatient' as const,
      value: {signingKey: who.key, encryptionKey: patientBox.publicKey, recoveryKey: recovery.key},
    });

    it('are answered when their block is projected, and the same bytes get the same answer', async () => {
      const tx = story.system.tx(enrol(), [story.system.sponsor, patient, recovery]);
      const first = await story.system.post(tx);
      expect(first).toMatchObject({status: 200, json: {chainId: story.chainId, code: 0, codeName: 'ok', data: ''}});
      expect([
        await story.system.post(tx),
        await story.system.call(
          'GET',
          `/v1/transactions/${String(first.json['txId'])}?atLeast=${String(first.json['height'])}`,
        ),
      ]).toMatchObject([{json: first.json}, {json: first.json}]);
    });

    it('need not be waited for', async () => {
      const profile = signMemberProfile(
        {
          chainId: story.chainId,
          organisation: fromHex(story.system.organisationId),
          member: clinician.id,
          name: 'Dr. Test',
          title: 'Physician',
        },
        story.system.sponsor.privateKey,
      );
      const message = {
        case: 'registerMember' as const,
        value: {
          organisation: fromHex(story.system.organisationId),
          signingKey: clinician.key,
          encryptionKey: clinicianBox.publicKey,
          role: 1,
          profileHash: profileHash(profile.profile),
        },
      };
      const {status, json} = await story.system.post(
        story.system.tx(message, [story.system.sponsor, clinician]),
        '?wait=none',
      );
      expect([status, json['chainId']]).toEqual([202, story.chainId]);
      await until(
        async () => (await story.system.call('GET', `/v1/transactions/${String(json['txId'])}`)).status === 200,
      );
      const put = await story.system.call('PUT', `/v1/members/${clinicianId}/profile`, {
        body: encodeCanonical(SignedMemberProfileSchema, profile),
        type: TYPE('profile'),
      });
      expect(put.status).toBe(204);
      expect(await story.system.call('GET', `/v1/members/${clinicianId}/profile`, {signer: patient})).toMatchObject({
        status: 200,
        type: TYPE('profile'),
        bytes: encodeCanonical(SignedMemberProfileSchema, profile),
      });
    });

    it('that the ledger refuses are told with code and id', async () => {
      const again = await story.system.post(story.system.tx(enrol(), [story.system.sponsor, patient, recovery]));
      expect(again).toMatchObject({
        status: 409,
        type: expect.stringContaining('application/problem+json'),
        json: {code: 'tx-refused', meta: {code: CODE.keyTaken, codeName: 'keyTaken'}},
      });
      expect(
        await story.system.post(
          story.system.tx({case: 'removeDevice', value: {owner: stranger.id, device: device.id, registration: 1}}, [
            stranger,
          ]),
        ),
      ).toMatchObject({status: 409, json: {meta: {codeName: 'unknownKey'}}});
    });

    it.each<[string, () => Uint8Array, string, number, string]>([
      ['another content type', () => Uint8Array.of(1), 'application/octet-stream', 415, 'unsupported-content-type'],
      ['text', () => Uint8Array.of(1), 'text/plain', 415, 'unsupported-content-type'],
      ['no transaction', () => Uint8Array.of(1, 2, 3), TYPE('tx'), 400, 'malformed'],
      ['nothing', () => new Uint8Array(), TYPE('tx'), 400, 'malformed'],
      ['too many bytes', () => new Uint8Array(65_537), TYPE('tx'), 413, 'body-too-large'],
      [
        'an unknown field',
        () => encodeCanonical(TxSchema, {body: Uint8Array.of(0xfa, 0x7f, 0x01, 0x31), signatures: []}),
        TYPE('tx'),
        400,
        'unknown-field',
      ],
      [
        'another version',
        () => signTx(incomplete(BodySchema, {version: 2, chainId: story.chainId, nonce: 1n}), [patient.privateKey]),
        TYPE('tx'),
        400,
        'wrong-version',
      ],
      [
        'another chain',
        () => signTx(incomplete(BodySchema, {version: 1, chainId: 'other', nonce: 1n}), [patient.privateKey]),
        TYPE('tx'),
        400,
        'wrong-chain',
      ],
      [
        'no message',
        () => signTx(incomplete(BodySchema, {version: 1, chainId: story.chainId, nonce: 1n}), [patient.privateKey]),
        TYPE('tx'),
        400,
        'invalid-field',
      ],
      [
        'no signature',
        () =>
          encodeCanonical(TxSchema, {
            body: encodeCanonical(
              BodySchema,
              incomplete(BodySchema, {version: 1, chainId: story.chainId, message: {case: 'removeDevice', value: {}}}),
            ),
            signatures: [],
          }),
        TYPE('tx'),
        400,
        'invalid-field',
      ],
    ])('%s is refused early', async (_what, bytes, type, status, code) => {
      expect(await story.system.call('POST', '/v1/transactions', {body: bytes(), type})).toMatchObject({
        status,
        json: {code},
      });
    });

    it('with a refused field are refused by its name', async () => {
      const tx = story.system.tx(requestAccess(patient.id, {slotFrom: 2, slotTo: 1}), [patient]);
      expect(await story.system.post(tx)).toMatchObject({
        status: 409,
        json: {code: 'tx-refused', detail: 'Code 6, invalidField: slot_to.', meta: {field: 'slot_to'}},
      });
    });

    it('that nobody knows are not found; an id that is none is refused', async () => {
      expect(await story.system.call('GET', `/v1/transactions/${'00'.repeat(32)}`)).toMatchObject({
        status: 404,
        json: {code: 'tx-not-found'},
      });
      expect(await story.system.call('GET', '/v1/transactions/xyz')).toMatchObject({
        status: 400,
        json: {code: 'invalid-field'},
      });
      expect(await story.system.call('GET', `/v1/transactions/${'00'.repeat(32)}?atLeast=999999`)).toMatchObject({
        status: 503,
        json: {code: 'behind'},
      });
    });
  });
}
