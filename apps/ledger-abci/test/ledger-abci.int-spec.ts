import {readFile} from 'node:fs/promises';
import {CODE, slotOf, STATE_KIND} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {fromBinary} from '@bufbuild/protobuf';
import {AccessLeafSchema, GrantSchema, LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {
  epochStatement,
  enrolPatient,
  PEOPLE,
  putGrant,
  registerDevice,
  requestAccess,
  revokeGrant,
  tag,
} from '@vitalvault/ledger-state/testing';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {RealChain} from './real-chain.js';

const {patient, recovery, clinician, device} = PEOPLE;
const now = slotOf(Math.floor(Date.now() / 1_000));

let engines: Engines;
let chain: RealChain;
let member: TxMessage;

beforeAll(async () => {
  engines = await startEngines({only: ['validators'], validators: 1});
  chain = new RealChain(engines, await readFile(engines.endpoints.genesis, 'utf8'));
  const admin = await chain.organisationKey(0, 'admin');
  member = {
    case: 'registerMember',
    value: {
      organisation: admin.id,
      signingKey: clinician.key,
      encryptionKey: new Uint8Array(32).fill(9),
      role: 1,
      profileHash: new Uint8Array(32).fill(7),
    },
  };
});

afterAll(async () => {
  chain.client.close();
  await engines.stop();
});

const terms = {accessFromSlot: now - 1, accessToSlot: now + 100, dataFromSlot: now - 50, dataToSlot: now + 50};
const question = {slotFrom: now - 2, slotTo: now - 1};
const heads = (): {kind: number; parts: Uint8Array[]}[] => [
  {kind: STATE_KIND.accessLog, parts: [patient.id]},
  {kind: STATE_KIND.grant, parts: [patient.id, tag(1)]},
];
const wholeLog = {kind: STATE_KIND.accessLog, patient: patient.id, limit: 1_000};

describe('the ledger under a real CometBFT', () => {
  let grantBytes: Uint8Array;

  test('enrols, grants, decides; every state and the whole log are proven from the genesis', async () => {
    const [admin, sponsor] = [await chain.organisationKey(0, 'admin'), await chain.organisationKey(0, 'sponsor')];
    expect(await chain.run(enrolPatient(patient, recovery), [sponsor, patient, recovery])).toMatchObject({code: 0});
    expect(await chain.run(member, [admin, clinician])).toMatchObject({code: 0});
    expect(await chain.run(registerDevice(patient, device), [patient, device])).toMatchObject({code: 0});
    const keys: TxMessage = {
      case: 'publishKeys',
      value: {identity: patient.id, epochStatements: [epochStatement(patient, {chainId: chain.chainId})]},
    };
    expect([...(await chain.run(keys, [patient])).data]).toEqual([0x0a, 0x01, 0x00]);
    expect((await chain.decide(requestAccess(patient.id, question), clinician)).decision.permit).toBe(false);
    const grant = await chain.run(putGrant(patient.id, clinician.id, terms), [patient]);
    expect(grant.code).toBe(0);
    grantBytes = grant.bytes;
    const permit = await chain.decide(requestAccess(patient.id, question), clinician);
    expect(permit.decision).toMatchObject({permit: true, index: 5n, grantVersion: 1});

    const {answer} = await chain.proofs({keys: heads(), logs: [wholeLog]}, permit.height);
    const [whole] = answer.logs;
    expect(whole?.next).toBeUndefined();
    expect(whole?.leaves.map((leaf) => fromBinary(AccessLeafSchema, leaf).event.case)).toEqual([
      'enrolled',
      'deviceRegistered',
      'keys',
      'access',
      'grant',
      'access',
    ]);
    expect(
      fromBinary(GrantSchema, answer.state(STATE_KIND.grant, [patient.id, tag(1)]) ?? new Uint8Array()),
    ).toMatchObject({version: 1, revoked: false});
    const absent = await chain.proofs({keys: [{kind: STATE_KIND.patient, parts: [PEOPLE.stranger.id]}]}, permit.height);
    expect(absent.answer.state(STATE_KIND.patient, [PEOPLE.stranger.id])).toBeUndefined();
  });

  test('after SIGKILL and a new start: the same app hash, the chain goes on, and a replay is refused by our own rule', async () => {
    const before = await chain.proofs({keys: heads()}, 1n);
    await engines.control('kill', 'abci-0');
    // CometBFT ends when its application does.
    await engines.control('stop', 'comet-0').catch(() => undefined);
    await engines.control('start', 'abci-0');
    await engines.control('start', 'comet-0');
    await eventually(async () => {
      await chain.client.status();
    }, 20_000);
    const after = await chain.proofs({keys: heads()}, before.header.height - 1n);
    expect(after.header.appHash).toEqual(before.header.appHash);

    // Its mempool's cache has forgotten the transaction; the nonce window, which is state, has not.
    expect(await chain.refusal(grantBytes)).toBe(CODE.nonceUsed);
    const revoked = await chain.run(revokeGrant(patient.id), [patient]);
    expect(revoked.code).toBe(0);
    expect((await chain.decide(requestAccess(patient.id, question), clinician)).decision.permit).toBe(false);
    const {answer} = await chain.proofs({keys: heads(), logs: [wholeLog]}, revoked.height + 1n);
    expect(
      fromBinary(GrantSchema, answer.state(STATE_KIND.grant, [patient.id, tag(1)]) ?? new Uint8Array()).revoked,
    ).toBe(true);
    expect(fromBinary(LogHeadSchema, answer.state(STATE_KIND.accessLog, [patient.id]) ?? new Uint8Array()).size).toBe(
      8n,
    );
  });

  test('what is not a transaction of ours is refused at the door with its code', async () => {
    const good = await chain.sign(revokeGrant(patient.id), [patient]);
    expect(await chain.refusal(good.with(good.length - 1, (good.at(-1) ?? 0) ^ 1))).toBe(CODE.badSignature);
    expect(await chain.refusal(await chain.sign(revokeGrant(patient.id), [PEOPLE.stranger]))).toBe(CODE.unknownKey);
  });
});
