import {beforeAll, describe, expect, it} from '@jest/globals';
import {LIMITS, STATE_KIND, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {signEpochStatement, signWrapBundle, wrapEpoch} from '@vitalvault/envelope';
import {verifyAnswer} from '@vitalvault/light-client';
import {
  TYPE,
  clinician,
  clinicianBox,
  clinicianId,
  device,
  epochBox,
  grantHex,
  grantId,
  grantPath,
  patient,
  patientId,
  slot,
  stranger,
  tag,
} from '../policy-people.js';
import type {PolicyStory} from '../policy-story.js';
import {random} from '../policy-system.js';

/** A device, two records, a refusal, a grant, a permit; and who may see what of it. */
export function rightsCases(story: PolicyStory): void {
  describe('rights', () => {
    beforeAll(async () => {
      const statement = signEpochStatement(
        {
          chainId: story.chainId,
          patient: patient.id,
          typeTag: tag,
          epoch: 1,
          publicKey: epochBox.publicKey,
          fromSlot: slot - 1_000,
        },
        patient.privateKey,
      );
      await story.system.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: [statement]}}, [
        patient,
      ]);
      await story.system.run(
        {
          case: 'registerDevice',
          value: {owner: patient.id, deviceKey: device.key, typeTags: [tag], deviceClass: 1, fromSlot: slot - 1_000},
        },
        [patient, device],
      );
      story.records = [await story.seal(1n), await story.seal(2n)];
      story.refusal = (await story.ask()).txId;
      const bounds = {
        accessFromSlot: slot - 1,
        accessToSlot: slot + 100,
        dataFromSlot: slot - 100,
        dataToSlot: slot + 1,
      };
      await story.system.run(
        {
          case: 'putGrant',
          value: {
            patient: patient.id,
            grantId,
            version: 1,
            grantee: clinician.id,
            typeTags: [tag],
            actions: [1],
            purposes: [1],
            ...bounds,
          },
        },
        [patient],
      );
      story.permit = (await story.ask()).txId;
    });

    it('are listed for the patient', async () => {
      const {json} = await story.system.call('GET', `/v1/patients/${patientId}/grants`, {signer: patient});
      expect(json).toMatchObject({
        grants: [
          {grantId: grantHex, version: 1, revoked: false, grantee: clinicianId, typeTags: [toHex(tag)], readsUsed: '1'},
        ],
      });
      const devices = await story.system.call('GET', `/v1/patients/${patientId}/devices`, {signer: patient});
      expect(devices.json).toMatchObject({devices: [{device: toHex(device.id), registration: 1, removed: false}]});
    });

    it('the log of accesses is complete under a header of the validators, and each access is explained', async () => {
      const {json} = await story.system.call('GET', `/v1/patients/${patientId}/access-log`, {signer: patient});
      const response = decodeCanonical(ProofResponseSchema, fromHex(String(json['proof'])));
      const request = {
        keys: [{kind: STATE_KIND.accessLog, parts: [patient.id]}],
        logs: [{kind: STATE_KIND.accessLog, patient: patient.id, from: 0n, limit: 1_000}],
      };
      const verdict = verifyAnswer(
        {request, response, signedHeader: json['signedHeader'] as unknown as object},
        story.system.genesis,
        {clock: {nowMs: Date.now(), maxAgeMs: 60_000}},
      );
      expect(verdict).toMatchObject({ok: true, header: {height: response.height + 1n}});
      const leaves = verdict.ok ? (verdict.answer.logs[0]?.leaves ?? []) : [];
      expect(leaves).toHaveLength(6);
      expect(verdict.ok && verdict.answer.logs[0]?.next).toBeUndefined();
      const explain = async (index: number) =>
        (
          await story.system.call('GET', `/v1/patients/${patientId}/access-log/${String(index)}/explain`, {
            signer: patient,
          })
        ).json;
      expect([await explain(3), await explain(5)]).toMatchObject([
        {index: '3', permit: false, rule: 2},
        {permit: true, rule: 0},
      ]);
      expect(
        await story.system.call('GET', `/v1/patients/${patientId}/access-log/0/explain`, {signer: patient}),
      ).toMatchObject({status: 404});
    });

    it('proofs of any state are for whoever is on the ledger; logs for their patient alone', async () => {
      const ofGrant = encodeCanonical(ProofRequestSchema, {
        keys: [{kind: STATE_KIND.grant, parts: [patient.id, grantId]}],
      });
      const ofLog = encodeCanonical(ProofRequestSchema, {
        logs: [{kind: STATE_KIND.accessLog, patient: patient.id, limit: 10}],
        keys: [{kind: STATE_KIND.accessLog, parts: [patient.id]}],
      });
      const prove = (body: Uint8Array, signer = clinician, query = '') =>
        story.system.call('POST', `/v1/proofs${query}`, {signer, body, type: TYPE('proof-request')});
      expect(await prove(ofGrant, clinician, '?validator=0')).toMatchObject({status: 200});
      expect(await prove(ofGrant, clinician, '?validator=7')).toMatchObject({
        status: 400,
        json: {code: 'invalid-field'},
      });
      expect(await prove(ofLog)).toMatchObject({status: 403, json: {code: 'not-yours'}});
      expect(await prove(ofLog, patient)).toMatchObject({status: 200});
      // Without the head: it comes with the log, and no block is waited for, which an idle chain makes after ten
      // seconds.
      const began = performance.now();
      const alone = {logs: [{kind: STATE_KIND.accessLog, patient: patient.id, limit: 10}]};
      for (let i = 0; i < 3; i++)
        expect(await prove(encodeCanonical(ProofRequestSchema, alone), patient)).toMatchObject({status: 200});
      expect(performance.now() - began).toBeLessThan(9_000);
      const sixteen = {logs: Array.from({length: 16}, () => alone.logs[0] as object)};
      expect(await prove(encodeCanonical(ProofRequestSchema, sixteen), patient)).toMatchObject({status: 400});
      expect(await prove(ofGrant, stranger)).toMatchObject({status: 401, json: {code: 'unknown-key'}});
    });

    it('wrapped keys go from the patient to the grantee', async () => {
      const context = {
        chainId: story.chainId,
        patient: patient.id,
        grantId,
        grantee: clinician.id,
        typeTag: tag,
        epoch: 1,
      };
      const wrap = await wrapEpoch({
        context,
        typeName: 'omh:heart-rate',
        epochPrivateKey: epochBox.privateKey,
        granteePublicKey: clinicianBox.publicKey,
        random,
      });
      const bundle = (change = {}, signer = patient) =>
        encodeCanonical(
          SignedWrapBundleSchema,
          signWrapBundle(
            {
              chainId: story.chainId,
              patient: patient.id,
              grantId,
              grantee: clinician.id,
              version: 1,
              epochs: [wrap],
              ...change,
            },
            signer.privateKey,
          ),
        );
      const put = (body: Uint8Array, signer = patient) =>
        story.system.call('PUT', grantPath, {signer, body, type: TYPE('wraps')});
      expect((await put(bundle())).status).toBe(204);
      for (const bad of [
        bundle({version: 0}),
        bundle({grantee: patient.id}),
        bundle({chainId: 'x'}),
        bundle({}, clinician),
        bundle({epochs: []}),
      ]) {
        expect(await put(bad)).toMatchObject({status: 400, json: {code: 'wrap-invalid'}});
      }
      expect(await put(bundle(), clinician)).toMatchObject({status: 403});
      expect(await story.system.call('GET', grantPath, {signer: clinician})).toMatchObject({
        status: 200,
        bytes: bundle(),
      });
      expect(await story.system.call('GET', grantPath, {signer: device})).toMatchObject({
        status: 403,
        json: {code: 'not-yours'},
      });
    });

    it('details go from the reader to the patient, and must be what the request committed to', async () => {
      const target = `/v1/transactions/${story.permit}/details`;
      const put = (body: Uint8Array, signer = clinician) =>
        story.system.call('PUT', target, {signer, body, type: 'application/octet-stream'});
      expect(await put(Uint8Array.of(8))).toMatchObject({status: 400, json: {code: 'invalid-field'}});
      expect(await put(Uint8Array.of(7), patient)).toMatchObject({status: 403});
      expect(await put(Uint8Array.of(7))).toMatchObject({status: 204});
      expect(await story.system.call('GET', target, {signer: patient})).toMatchObject({
        status: 200,
        bytes: Uint8Array.of(7),
      });
      expect(await story.system.call('GET', target, {signer: clinician})).toMatchObject({status: 403});
    });

    it.each(['grants', 'devices', 'access-log', 'record-log', 'access-log/0/explain'])(
      '%s: nobody but the patient, signed',
      async (what) => {
        const target = `/v1/patients/${patientId}/${what}`;
        expect(await story.system.call('GET', target)).toMatchObject({status: 401, json: {code: 'signature-missing'}});
        expect(await story.system.call('GET', target, {signer: clinician})).toMatchObject({
          status: 403,
          json: {code: 'not-yours'},
        });
        expect(await story.system.call('GET', target, {signer: stranger})).toMatchObject({
          status: 401,
          json: {code: 'unknown-key'},
        });
      },
    );

    it('a signed request counts once', async () => {
      const target = `/v1/patients/${patientId}/grants`;
      const headers = story.system.sign('GET', target, patient);
      expect(await story.system.call('GET', target, {headers})).toMatchObject({status: 200});
      expect(await story.system.call('GET', target, {headers})).toMatchObject({
        status: 401,
        json: {code: 'signature-replayed'},
      });
      expect(
        await story.system.call('GET', `${target}?x=1`, {headers: story.system.sign('GET', target, patient)}),
      ).toMatchObject({status: 401, json: {code: 'signature-invalid'}});
    });

    it('reads are never older than what the caller has seen', async () => {
      expect(
        await story.system.call('GET', `/v1/patients/${patientId}/grants?atLeast=99999`, {signer: patient}),
      ).toMatchObject({status: 503, json: {code: 'behind'}});
    });

    it('the gateway asks for devices and epochs over gRPC', async () => {
      const asked = [
        {device: device.id, registration: 9},
        {device: device.id, registration: 1},
        {device: stranger.id, registration: 1},
      ];
      const {registrations} = await story.system.grpc.getRegistrations({registrations: asked});
      expect(registrations).toMatchObject([{found: false}, {found: true, owner: patient.id}, {found: false}]);
      const tooMany = Array.from({length: LIMITS.questionsAtOnce + 1}, () => asked).flat();
      await expect(story.system.grpc.getRegistrations({registrations: tooMany})).rejects.toMatchObject({
        code: 'invalid-field',
      });
      expect((await story.system.grpc.getEpochStatements({patient: patient.id, typeTag: tag})).statements).toHaveLength(
        1,
      );
    });
  });
}
