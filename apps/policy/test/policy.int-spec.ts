import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {
  CODE,
  NO_TERMS,
  STATE_KIND,
  decodeCanonical,
  encodeCanonical,
  fromHex,
  sha256Of,
  slotOf,
  taggedHash,
  toHex,
} from '@vitalvault/contracts';
import {requestAccess} from '@vitalvault/ledger-state/testing';
import {incomplete} from '@vitalvault/contracts/testing';
import {SignedMemberProfileSchema, SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {AlertKind, LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {RecordToReleaseSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {AnchorResultsSchema, BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {create} from '@bufbuild/protobuf';
import {
  openReleaseBundle,
  openServiceDescription,
  partsOfPosted,
  profileHash,
  sealRecord,
  signEpochStatement,
  signMemberProfile,
  signTx,
  signWrapBundle,
  wrapEpoch,
} from '@vitalvault/envelope';
import {verifyAnswer} from '@vitalvault/light-client';
import {runMigrations} from '@vitalvault/postgres';
import {LedgerClient} from '@vitalvault/ledger-client';
import {eventually} from '@vitalvault/testkit';
import {Kafka, logLevel} from 'kafkajs';
import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import pg from 'pg';
import {CometLedgerSource} from '../src/adapters/ledger/comet-ledger-source.js';
import {openDatabase} from '../src/adapters/prisma/database.js';
import {PrismaProjectionStore} from '../src/adapters/prisma/prisma-projection-store.js';
import {AccessLeaves} from '../src/application/access-leaves.js';
import {ProjectBlock} from '../src/application/project-block.js';
import {projectGenesis} from '../src/application/project-genesis.js';
import {TransactionOutcomes} from '../src/application/transaction-outcomes.js';
import {idOf} from '../src/domain/record-checks.js';
import {MemoryTraces} from '../src/testing/memory-traces.js';
import {PolicySystem, newEncryptionKey, newKey, random} from './policy-system.js';

const slot = slotOf(BigInt(Math.floor(Date.now() / 1_000)));
const tag = random(16);
const grantId = random(16);
const [patient, recovery, stranger, clinician, device] = [newKey(), newKey(), newKey(), newKey(), newKey()];
const [patientBox, clinicianBox, epochBox, readerBox] = [
  newEncryptionKey(),
  newEncryptionKey(),
  newEncryptionKey(),
  newEncryptionKey(),
];
const [patientId, clinicianId, grantHex] = [toHex(patient.id), toHex(clinician.id), toHex(grantId)];
const grantPath = `/v1/patients/${patientId}/grants/${grantHex}/wraps`;
const TYPE = (name: string): string => `application/vnd.vitalvault.${name}.v1+protobuf`;

/** Engines start slowly on a machine that others use too. */
const START_MS = 600_000;

let system: PolicySystem;
let chainId: string;
let records: RecordToRelease[];
let permit: string;
let refusal: string;

const ask = (change: Parameters<typeof requestAccess>[1] = {}) => {
  const asked = {grantId, typeTag: tag, slotFrom: slot - 3, slotTo: slot, readerKey: readerBox.publicKey};
  return system.run(requestAccess(patient.id, {...asked, detailsHash: sha256Of(Uint8Array.of(7)), ...change}), [
    clinician,
  ]);
};
const until = (holds: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(async () => {
    if (!(await holds())) throw new Error('not in time');
  }, 60_000);
const release = (txId: string, some = records) =>
  system.grpc.releaseKeys({txId: fromHex(txId), signedRequest: Uint8Array.of(1), records: some});

async function sealed(sequence: bigint): Promise<RecordToRelease> {
  const releaseKey =
    system.genesis.genesis.organisations
      .find(({id}) => toHex(id) === system.organisationId)
      ?.keys.find(({role}) => role === 6)?.key?.publicKey ?? new Uint8Array();
  const posted = await sealRecord({
    header: {
      chainId,
      patient: patient.id,
      registration: 1,
      typeTag: tag,
      epoch: 1,
      slot: slot - 1,
      sequence,
      tagSequence: sequence,
    },
    payload: {schemaId: 'omh:heart-rate:2.0', schemaHash: random(32), encoding: 1, readings: [random(20)]},
    epochPublicKey: epochBox.publicKey,
    releasePublicKey: releaseKey,
    devicePrivateKey: device.privateKey,
    random,
  });
  const {data} = await system.run(
    {
      case: 'anchorRecords',
      value: {entries: [{entry: {case: 'record', value: {...partsOfPosted(posted), signature: posted.signature}}}]},
    },
    [system.storage],
  );
  const [result] = decodeCanonical(AnchorResultsSchema, fromHex(data)).results;
  expect(result?.code).toBe(0);
  const {header, ciphertextHash, innerKeyHash} = partsOfPosted(posted);
  return create(RecordToReleaseSchema, {
    header,
    ciphertextHash,
    innerKeyHash,
    sealedKey: posted.sealedKey,
    signature: posted.signature,
    logIndex: result?.index ?? 0n,
  });
}

beforeAll(async () => {
  system = await PolicySystem.start(1);
  chainId = system.genesis.chainId;
}, START_MS);
afterAll(async () => {
  await system.stop();
});

describe('transactions', () => {
  it('are sent to a service that says whose it is', async () => {
    const {status, type, bytes} = await system.call('GET', '/.well-known/vitalvault');
    expect([status, type]).toEqual([200, TYPE('service-description')]);
    const signed = decodeCanonical(SignedServiceDescriptionSchema, bytes);
    const policyKeys = system.genesis.genesis.organisations
      .flatMap(({id, keys}) => (toHex(id) === system.organisationId ? keys : []))
      .flatMap(({role, key}) => (role === 5 && key !== undefined ? [key] : []));
    const [key] = policyKeys;
    if (key === undefined) throw new Error('no policy key');
    expect(openServiceDescription(signed, key)).toMatchObject({chainId, service: 'policy'});
  });

  const enrol = (who = patient) => ({
    case: 'enrolPatient' as const,
    value: {signingKey: who.key, encryptionKey: patientBox.publicKey, recoveryKey: recovery.key},
  });

  it('are answered when their block is projected, and the same bytes get the same answer', async () => {
    const tx = system.tx(enrol(), [system.sponsor, patient]);
    const first = await system.post(tx);
    expect(first).toMatchObject({status: 200, json: {chainId, code: 0, codeName: 'ok', data: ''}});
    expect([
      await system.post(tx),
      await system.call(
        'GET',
        `/v1/transactions/${String(first.json['txId'])}?atLeast=${String(first.json['height'])}`,
      ),
    ]).toMatchObject([{json: first.json}, {json: first.json}]);
  });

  it('need not be waited for', async () => {
    const profile = signMemberProfile(
      {
        chainId,
        organisation: fromHex(system.organisationId),
        member: clinician.id,
        name: 'Dr. Test',
        title: 'Physician',
      },
      system.sponsor.privateKey,
    );
    const message = {
      case: 'registerMember' as const,
      value: {
        organisation: fromHex(system.organisationId),
        signingKey: clinician.key,
        encryptionKey: clinicianBox.publicKey,
        role: 1,
        profileHash: profileHash(profile.profile),
      },
    };
    const {status, json} = await system.post(system.tx(message, [system.sponsor, clinician]), '?wait=none');
    expect([status, json['chainId']]).toEqual([202, chainId]);
    await until(async () => (await system.call('GET', `/v1/transactions/${String(json['txId'])}`)).status === 200);
    const put = await system.call('PUT', `/v1/members/${clinicianId}/profile`, {
      body: encodeCanonical(SignedMemberProfileSchema, profile),
      type: TYPE('profile'),
    });
    expect(put.status).toBe(204);
    expect(await system.call('GET', `/v1/members/${clinicianId}/profile`, {signer: patient})).toMatchObject({
      status: 200,
      type: TYPE('profile'),
      bytes: encodeCanonical(SignedMemberProfileSchema, profile),
    });
  });

  it('that the ledger refuses are told with code and id', async () => {
    const again = await system.post(system.tx(enrol(), [system.sponsor, patient]));
    expect(again).toMatchObject({
      status: 409,
      type: expect.stringContaining('application/problem+json'),
      json: {code: 'tx-refused', meta: {code: CODE.keyTaken, codeName: 'keyTaken'}},
    });
    expect(
      await system.post(system.tx({case: 'removeDevice', value: {owner: stranger.id, device: device.id}}, [stranger])),
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
      () => signTx(incomplete(BodySchema, {version: 2, chainId, nonce: 1n}), [patient.privateKey]),
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
      () => signTx(incomplete(BodySchema, {version: 1, chainId, nonce: 1n}), [patient.privateKey]),
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
            incomplete(BodySchema, {version: 1, chainId, message: {case: 'removeDevice', value: {}}}),
          ),
          signatures: [],
        }),
      TYPE('tx'),
      400,
      'invalid-field',
    ],
  ])('%s is refused early', async (_what, bytes, type, status, code) => {
    expect(await system.call('POST', '/v1/transactions', {body: bytes(), type})).toMatchObject({status, json: {code}});
  });

  it('with a refused field are refused by its name', async () => {
    const tx = system.tx(requestAccess(patient.id, {slotFrom: 2, slotTo: 1}), [patient]);
    expect(await system.post(tx)).toMatchObject({
      status: 409,
      json: {code: 'tx-refused', detail: 'Code 6, invalidField: slot_to.', meta: {field: 'slot_to'}},
    });
  });

  it('that nobody knows are not found; an id that is none is refused', async () => {
    expect(await system.call('GET', `/v1/transactions/${'00'.repeat(32)}`)).toMatchObject({
      status: 404,
      json: {code: 'tx-not-found'},
    });
    expect(await system.call('GET', '/v1/transactions/xyz')).toMatchObject({
      status: 400,
      json: {code: 'invalid-field'},
    });
    expect(await system.call('GET', `/v1/transactions/${'00'.repeat(32)}?atLeast=999999`)).toMatchObject({
      status: 503,
      json: {code: 'behind'},
    });
  });
});

describe('rights', () => {
  beforeAll(async () => {
    const statement = signEpochStatement(
      {chainId, patient: patient.id, typeTag: tag, epoch: 1, publicKey: epochBox.publicKey, fromSlot: slot - 1_000},
      patient.privateKey,
    );
    await system.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: [statement]}}, [patient]);
    await system.run(
      {
        case: 'registerDevice',
        value: {owner: patient.id, deviceKey: device.key, typeTags: [tag], deviceClass: 1, fromSlot: slot - 1_000},
      },
      [patient, device],
    );
    records = [await sealed(1n), await sealed(2n)];
    refusal = (await ask()).txId;
    const bounds = {accessFromSlot: slot - 1, accessToSlot: slot + 100, dataFromSlot: slot - 100, dataToSlot: slot + 1};
    await system.run(
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
    permit = (await ask()).txId;
  });

  it('are listed for the patient', async () => {
    const {json} = await system.call('GET', `/v1/patients/${patientId}/grants`, {signer: patient});
    expect(json).toMatchObject({
      grants: [
        {grantId: grantHex, version: 1, revoked: false, grantee: clinicianId, typeTags: [toHex(tag)], readsUsed: '1'},
      ],
    });
    const devices = await system.call('GET', `/v1/patients/${patientId}/devices`, {signer: patient});
    expect(devices.json).toMatchObject({devices: [{device: toHex(device.id), registration: 1, removed: false}]});
  });

  it('the log of accesses is complete under a header of the validators, and each access is explained', async () => {
    const {json} = await system.call('GET', `/v1/patients/${patientId}/access-log`, {signer: patient});
    const response = decodeCanonical(ProofResponseSchema, fromHex(String(json['proof'])));
    const request = {
      keys: [{kind: STATE_KIND.accessLog, parts: [patient.id]}],
      logs: [{kind: STATE_KIND.accessLog, patient: patient.id, from: 0n, limit: 1_000}],
    };
    const verdict = verifyAnswer(
      {request, response, signedHeader: json['signedHeader'] as unknown as object},
      system.genesis,
      {notBeforeMs: Date.now() - 60_000},
    );
    expect(verdict).toMatchObject({ok: true, header: {height: response.height + 1n}});
    const leaves = verdict.ok ? (verdict.answer.logs[0]?.leaves ?? []) : [];
    expect(leaves).toHaveLength(6);
    expect(verdict.ok && verdict.answer.logs[0]?.proof).toBe('complete');
    const explain = async (index: number) =>
      (await system.call('GET', `/v1/patients/${patientId}/access-log/${String(index)}/explain`, {signer: patient}))
        .json;
    expect([await explain(3), await explain(5)]).toMatchObject([
      {index: '3', permit: false, rule: 2},
      {permit: true, rule: 0},
    ]);
    expect(await system.call('GET', `/v1/patients/${patientId}/access-log/0/explain`, {signer: patient})).toMatchObject(
      {status: 404},
    );
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
      system.call('POST', `/v1/proofs${query}`, {signer, body, type: TYPE('proof-request')});
    expect(await prove(ofGrant, clinician, '?validator=0')).toMatchObject({status: 200});
    expect(await prove(ofGrant, clinician, '?validator=7')).toMatchObject({status: 400, json: {code: 'invalid-field'}});
    expect(await prove(ofLog)).toMatchObject({status: 403, json: {code: 'not-yours'}});
    expect(await prove(ofLog, patient)).toMatchObject({status: 200});
    expect(await prove(ofGrant, stranger)).toMatchObject({status: 401, json: {code: 'unknown-key'}});
  });

  it('wrapped keys go from the patient to the grantee', async () => {
    const context = {chainId, patient: patient.id, grantId, grantee: clinician.id, typeTag: tag, epoch: 1};
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
          {chainId, patient: patient.id, grantId, grantee: clinician.id, version: 1, epochs: [wrap], ...change},
          signer.privateKey,
        ),
      );
    const put = (body: Uint8Array, signer = patient) =>
      system.call('PUT', grantPath, {signer, body, type: TYPE('wraps')});
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
    expect(await system.call('GET', grantPath, {signer: clinician})).toMatchObject({status: 200, bytes: bundle()});
    expect(await system.call('GET', grantPath, {signer: device})).toMatchObject({
      status: 403,
      json: {code: 'not-yours'},
    });
  });

  it('details go from the reader to the patient, and must be what the request committed to', async () => {
    const target = `/v1/transactions/${permit}/details`;
    const put = (body: Uint8Array, signer = clinician) =>
      system.call('PUT', target, {signer, body, type: 'application/octet-stream'});
    expect(await put(Uint8Array.of(8))).toMatchObject({status: 400, json: {code: 'invalid-field'}});
    expect(await put(Uint8Array.of(7), patient)).toMatchObject({status: 403});
    expect(await put(Uint8Array.of(7))).toMatchObject({status: 204});
    expect(await system.call('GET', target, {signer: patient})).toMatchObject({status: 200, bytes: Uint8Array.of(7)});
    expect(await system.call('GET', target, {signer: clinician})).toMatchObject({status: 403});
  });

  it.each(['grants', 'devices', 'access-log', 'record-log', 'access-log/0/explain'])(
    '%s: nobody but the patient, signed',
    async (what) => {
      const target = `/v1/patients/${patientId}/${what}`;
      expect(await system.call('GET', target)).toMatchObject({status: 401, json: {code: 'signature-missing'}});
      expect(await system.call('GET', target, {signer: clinician})).toMatchObject({
        status: 403,
        json: {code: 'not-yours'},
      });
      expect(await system.call('GET', target, {signer: stranger})).toMatchObject({
        status: 401,
        json: {code: 'unknown-key'},
      });
    },
  );

  it('a signed request counts once', async () => {
    const target = `/v1/patients/${patientId}/grants`;
    const headers = system.sign('GET', target, patient);
    expect(await system.call('GET', target, {headers})).toMatchObject({status: 200});
    expect(await system.call('GET', target, {headers})).toMatchObject({
      status: 401,
      json: {code: 'signature-replayed'},
    });
    expect(await system.call('GET', `${target}?x=1`, {headers: system.sign('GET', target, patient)})).toMatchObject({
      status: 401,
      json: {code: 'signature-invalid'},
    });
  });

  it('reads are never older than what the caller has seen', async () => {
    expect(await system.call('GET', `/v1/patients/${patientId}/grants?atLeast=99999`, {signer: patient})).toMatchObject(
      {status: 503, json: {code: 'behind'}},
    );
  });

  it('the gateway asks for devices and epochs over gRPC', async () => {
    expect(await system.grpc.getDevice({device: device.id, registration: 1})).toMatchObject({
      found: true,
      owner: patient.id,
      newestRegistration: 1,
      blockSlot: slot,
    });
    expect(await system.grpc.getDevice({device: device.id, registration: 9})).toMatchObject({
      found: false,
      newestRegistration: 1,
    });
    expect(await system.grpc.getDevice({device: stranger.id, registration: 1})).toMatchObject({
      found: false,
      newestRegistration: 0,
    });
    expect((await system.grpc.getEpochStatements({patient: patient.id, typeTag: tag})).statements).toHaveLength(1);
  });
});

describe('release', () => {
  it('gives the inner keys to the reader, after the alert', async () => {
    const {bundle} = await release(permit);
    const innerKeys = await openReleaseBundle(
      {chainId, txId: fromHex(permit), organisation: fromHex(system.organisationId), recordIds: records.map(idOf)},
      readerBox.privateKey,
      bundle,
    );
    expect(innerKeys.map((key) => toHex(sha256Of(key)))).toEqual(records.map(({innerKeyHash}) => toHex(innerKeyHash)));
    expect(system.alerts).toMatchObject([
      {
        kind: AlertKind.ACCESS_PERMITTED,
        subject: fromHex(permit),
        alertId: taggedHash('alert', Uint8Array.of(2), fromHex(permit)),
      },
    ]);
  });

  it('gives nothing for a refusal, for what was altered, without notify', async () => {
    await expect(release(refusal)).rejects.toMatchObject({code: 'access-refused'});
    await expect(release(permit, [{...records[0], logIndex: 1n} as RecordToRelease])).rejects.toMatchObject({
      code: 'release-mismatch',
    });
    system.notifyAway = true;
    await expect(release(permit)).rejects.toMatchObject({code: 'notify-unavailable'});
    system.notifyAway = false;
  });

  it('a forged row of the projection opens nothing', async () => {
    const database = new pg.Client({connectionString: system.engines.databaseUrl('vv_policy')});
    await database.connect();
    const swap = () =>
      database.query(
        'UPDATE access_leaves SET value = CASE tx_id WHEN $1 THEN (SELECT value FROM access_leaves WHERE tx_id = $2) ELSE value END, leaf_index = leaf_index WHERE tx_id = $1',
        [refusal, permit],
      );
    const {
      rows: [before],
    } = await database.query<{value: Buffer}>('SELECT value FROM access_leaves WHERE tx_id = $1', [refusal]);
    await swap();
    await expect(release(refusal)).rejects.toMatchObject({code: 'access-refused'});
    await database.query('UPDATE access_leaves SET value = $2 WHERE tx_id = $1', [refusal, before?.value]);
    await database.end();
  });

  it('a complaint about what was released is an alert, once', async () => {
    const complaint = {txId: permit, recordId: toHex(idOf(records[0] as RecordToRelease)), finding: 'hash: something'};
    const send = (signer = clinician) => system.call('POST', '/v1/complaints', {signer, body: complaint});
    expect([(await send()).status, (await send()).status, (await send(patient)).status]).toEqual([202, 202, 403]);
    expect(
      await system.call('POST', '/v1/complaints', {signer: clinician, body: {...complaint, more: 1}}),
    ).toMatchObject({status: 400, json: {code: 'invalid-field'}});
  });

  it('ends with the revocation', async () => {
    await system.run({case: 'putGrant', value: {patient: patient.id, grantId, version: 2, ...NO_TERMS}}, [patient]);
    await expect(release(permit)).rejects.toMatchObject({code: 'permit-ended'});
    expect(await system.call('GET', grantPath, {signer: clinician})).toMatchObject({status: 404});
  });
});

describe('what others hear', () => {
  it('one event per leaf reaches Kafka, in order, with a trace', async () => {
    const kafka = new Kafka({clientId: 'spec', brokers: [system.engines.endpoints.kafka], logLevel: logLevel.NOTHING});
    const consumer = kafka.consumer({groupId: `spec-${randomBytes(4).toString('hex')}`});
    await consumer.connect();
    await consumer.subscribe({topic: 'vv.ledger.events.v1', fromBeginning: true});
    const events: {key: string; height: bigint; headers: string[]; code: number}[] = [];
    await consumer.run({
      eachMessage: ({message}) => {
        const event = decodeCanonical(LedgerEventSchema, message.value ?? Buffer.alloc(0));
        events.push({
          key: (message.key ?? Buffer.alloc(0)).toString('hex'),
          height: event.height,
          code: event.code,
          headers: Object.keys(message.headers ?? {}).sort(),
        });
        return Promise.resolve();
      },
    });
    await until(() => events.length >= 7);
    await consumer.disconnect();
    const hers = events.filter(({key}) => key === patientId);
    expect(hers).toHaveLength(7);
    expect(hers.map(({height}) => height)).toEqual(hers.map(({height}) => height).toSorted((a, b) => Number(a - b)));
    expect(hers[0]?.headers).toEqual(['content-type', 'message-id', 'traceparent']);
  });

  it('the projection links to the request, and no identifier of a patient is in spans or logs', async () => {
    const {traces = '', processes} = system.engines.endpoints;
    await until(async () => (await readFile(traces, 'utf8')).includes('policy.project_block'));
    const spans = (await readFile(traces, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .flatMap((line) =>
        (
          JSON.parse(line) as {
            resourceSpans: {scopeSpans: {spans: {name: string; traceId: string; links?: {traceId: string}[]}[]}[]}[];
          }
        ).resourceSpans.flatMap(({scopeSpans}) => scopeSpans.flatMap((scope) => scope.spans)),
      );
    const posts = new Set(spans.filter(({name}) => name === 'POST /v1/transactions').map(({traceId}) => traceId));
    const linked = spans
      .filter(({name}) => name === 'policy.project_block')
      .flatMap(({links = []}) => links.map(({traceId}) => traceId));
    expect(linked.length).toBeGreaterThan(5);
    expect(linked.every((traceId) => posts.has(traceId))).toBe(true);
    const log = await readFile(processes['policy']?.log ?? '', 'utf8');
    for (const text of [await readFile(traces, 'utf8'), log])
      for (const secret of [patientId, toHex(device.id), clinicianId]) expect(text.includes(secret)).toBe(false);
  });
});

describe('a projection', () => {
  it('rebuilt from nothing equals the live one', async () => {
    const live = new pg.Client({connectionString: system.engines.databaseUrl('vv_policy')});
    await live.connect();
    const databaseUrl = system.engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
    const database = openDatabase({databaseUrl});
    const store = new PrismaProjectionStore(database);
    const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
    const client = new LedgerClient({rpcUrls: [system.engines.endpoints.validators[0]?.rpc ?? ''], log: quiet});
    const leaves = new AccessLeaves({
      ledger: new CometLedgerSource(client, []),
      projection: store,
      sleep: () => Promise.resolve(),
    });
    const projectBlock = new ProjectBlock({
      store,
      leaves,
      traces: new MemoryTraces(),
      outcomes: new TransactionOutcomes(store),
    });
    await projectGenesis(system.genesis.genesis, store);
    const {
      rows: [newest],
    } = await live.query<{height: string}>('SELECT max(height) AS height FROM blocks');
    for (let height = 1n; height <= BigInt(newest?.height ?? 0); height++) {
      const {timeSeconds, txs, results} = await client.block(height);
      await projectBlock.project({
        height,
        timeSeconds,
        transactions: txs.map((bytes, i) => ({
          bytes,
          code: results[i]?.code ?? 0,
          data: results[i]?.data ?? new Uint8Array(),
        })),
      });
    }
    const rebuilt = new pg.Client({connectionString: databaseUrl});
    await rebuilt.connect();
    for (const table of [
      'organisations',
      'organisation_keys',
      'members',
      'patients',
      'keys',
      'devices',
      'registrations',
      'epoch_statements',
      'grants',
      'reads_used',
      'transactions',
      'access_leaves',
    ]) {
      const rows = async (from: pg.Client): Promise<unknown[]> =>
        (await from.query<{row: unknown}>(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`)).rows;
      const [ours, theirs] = [await rows(live), await rows(rebuilt)];
      expect({table, rows: theirs}).toEqual({table, rows: ours});
      expect({table, empty: ours.length === 0}).toEqual({table, empty: false});
    }
    await Promise.all([live.end(), rebuilt.end(), database.$disconnect()]);
    client.close();
  });

  it(
    'goes on after a kill, and nothing is lost or doubled',
    async () => {
      await system.engines.control('kill', 'policy');
      await system.engines.control('start', 'policy');
      const {json} = await system.call('GET', `/v1/patients/${patientId}/grants`, {signer: patient});
      expect(json).toMatchObject({grants: [{revoked: true, readsUsed: '1'}]});
      expect((await ask({grantId: new Uint8Array(16)})).txId).toHaveLength(64);
    },
    START_MS,
  );

  it(
    'without the database it is not ready, and goes on when it is back',
    async () => {
      await system.engines.control('kill', 'postgres');
      await until(async () => (await system.health('/readyz')).status === 503);
      expect((await system.health('/readyz')).json).toMatchObject({reasons: {database: expect.any(String)}});
      expect(await system.call('GET', `/v1/transactions/${permit}`)).toMatchObject({
        status: 503,
        json: {code: 'database-unavailable'},
      });
      await system.engines.control('start', 'postgres');
      await until(async () => (await system.health('/readyz')).status === 200);
      expect((await ask({grantId: new Uint8Array(16)})).txId).toHaveLength(64);
    },
    START_MS,
  );

  it(
    'without Kafka and notify it stays ready for everything but releases, and says what waits',
    async () => {
      const waiting = async (): Promise<string[]> =>
        Object.keys(((await system.health('/readyz')).json as {degraded?: object}).degraded ?? {});
      expect((await system.health('/readyz')).json).toEqual({status: 'ok'});
      await system.engines.control('kill', 'kafka');
      system.stopNotify();
      await until(async () => (await waiting()).length === 2);
      expect(await system.health('/readyz')).toMatchObject({
        status: 200,
        json: {
          degraded: {
            kafka: expect.stringMatching(/^bus-unavailable/),
            notify: expect.stringMatching(/^notify-unavailable/),
          },
        },
      });
      expect((await ask({grantId: new Uint8Array(16)})).txId).toHaveLength(64);
      await system.engines.control('start', 'kafka');
      await until(async () => (await waiting()).length === 1);
    },
    START_MS,
  );

  it(
    'without the chain it is not ready, says so, and releases nothing',
    async () => {
      await system.engines.control('kill', 'comet-0');
      await until(async () => (await system.health('/readyz')).status === 503);
      expect((await system.health('/readyz')).json).toMatchObject({reasons: {ledger: expect.any(String)}});
      expect(await system.health('/livez')).toMatchObject({status: 200});
      expect(
        await system.post(system.tx({case: 'removeDevice', value: {owner: patient.id, device: device.id}}, [patient])),
      ).toMatchObject({status: 503, json: {code: 'ledger-unavailable'}});
      await expect(release(permit)).rejects.toMatchObject({code: 'ledger-unavailable'});
    },
    START_MS,
  );
});
