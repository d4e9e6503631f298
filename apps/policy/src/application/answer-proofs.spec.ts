import {beforeEach, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {
  HEART_RATE,
  PEOPLE,
  anchorRecords,
  enrolPatient,
  epochStatement,
  recordEntry,
  registerDevice,
  skipEntry,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {verifyAnswer, verifySignedHeader} from '@vitalvault/light-client';
import {verifyProofs} from '@vitalvault/proofs';
import {logPage} from '../domain/log-page.js';
import {FakeChain} from '../../test/support/fake-chain.js';
import {AnswerProofs} from './answer-proofs.js';
import {ProofQuota} from './proof-quota.js';

const {patient, recovery, stranger} = PEOPLE;
const key = {kind: STATE_KIND.patient, parts: [patient.id]};

describe('proofs for others', () => {
  let chain: FakeChain;
  let proofs: AnswerProofs;

  beforeEach(() => {
    chain = new FakeChain(1_704_067_200n);
    chain.run(enrolPatient(patient, recovery), [testOrganisation('hospital').sponsor, patient, recovery]);
    proofs = new AnswerProofs(
      {trust: chain.validatorSet.trust},
      {ledger: chain, projection: {position: async () => undefined}, quota: new ProofQuota(() => 0)},
    );
  });

  it('come with the header of the height after theirs, and need not wait for one while nothing changes', async () => {
    const {proof, signedHeader} = await proofs.execute(toHex(stranger.id), {keys: [key]}, {});
    const response = decodeCanonical(ProofResponseSchema, proof);
    const header = verifySignedHeader(signedHeader, chain.validatorSet.trust, 'any-time');
    expect(header).toMatchObject({ok: true, header: {height: response.height + 1n}});
    expect(header.ok && verifyProofs(response, header.header.appHash)).toMatchObject({ok: true});
    expect(response.height).toBe(chain.ledger.block.height - 1n);
  });

  it('are limited for each asker, before a validator is asked', async () => {
    let asked = 0;
    const {proofs: answer} = chain;
    chain.proofs = (...question) => {
      asked += 1;
      return answer.apply(chain, question);
    };
    const codes = new Set<unknown>();
    for (let i = 0; i < 260; i++)
      await proofs.execute(toHex(stranger.id), {keys: []}, {}).catch((error: unknown) => codes.add(error));
    expect([...codes]).toMatchObject(Array.from({length: 4}, () => ({code: 'quota-exceeded', retryAfterSeconds: 1})));
    expect(asked).toBe(256);
    await proofs.execute(toHex(patient.id), {keys: [key]}, {});
  });

  it('wait for the next header when the newest does not carry their root', async () => {
    const asked: bigint[] = [];
    chain.tamper = {
      proofs: (response) => ({
        ...response,
        height: 7n,
        states: response.states.map((state) => ({...state, siblings: []})),
      }),
    };
    chain.waitForHeader = (height) => {
      asked.push(height);
      return Promise.resolve('{"header":{}}');
    };
    expect(await proofs.execute(toHex(stranger.id), {keys: [key]}, {validator: 0})).toMatchObject({
      signedHeader: '{"header":{}}',
    });
    expect(asked).toEqual([8n]);
  });

  it('of a log come at once without its head being asked for, though no block comes', async () => {
    chain.waitForHeader = () => Promise.reject(new Error('no block comes'));
    const logs = [{kind: STATE_KIND.accessLog, patient: patient.id, from: 0n, limit: 10}];
    const {proof, signedHeader} = await proofs.execute(toHex(patient.id), {logs}, {});
    const verdict = verifyAnswer(
      {request: {logs}, response: decodeCanonical(ProofResponseSchema, proof), signedHeader},
      chain.validatorSet.trust,
      {clock: 'any-time'},
    );
    expect(verdict).toMatchObject({ok: true, answer: {logs: [{head: {size: 1n}, indexes: [0n]}]}});
  });

  it('that leave out what was asked for are handed on at once: no header mends them', async () => {
    chain.waitForHeader = () => Promise.reject(new Error('no header mends it'));
    chain.tamper = {proofs: (response) => ({...response, states: []})};
    expect(
      decodeCanonical(
        ProofResponseSchema,
        (await proofs.execute(toHex(stranger.id), {keys: [key]}, {validator: 0})).proof,
      ).states,
    ).toEqual([]);
  });

  it('keep a place until the validator that is named has shown its header too', async () => {
    const headers: (() => void)[] = [];
    const {signedHeader} = chain;
    chain.signedHeader = async (...asked) => {
      await new Promise<void>((resolve) => headers.push(resolve));
      return signedHeader.apply(chain, asked);
    };
    const answers = Array.from({length: 9}, () =>
      proofs
        .execute(toHex(stranger.id), {keys: [key]}, {validator: 0})
        .catch((error: unknown) => (error as {code: string}).code),
    );
    expect(await answers[8]).toBe('quota-exceeded');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(headers).toHaveLength(2);
    const done = Promise.all(answers);
    for (let i = 0; i < 8; i++) {
      while (headers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      headers.shift()?.();
    }
    expect((await done).filter((one) => one === 'quota-exceeded')).toHaveLength(1);
  });

  it('of a log are for its patient', async () => {
    const logs = [{kind: STATE_KIND.accessLog, patient: patient.id, from: 0n, limit: 1}];
    await expect(proofs.execute(toHex(stranger.id), {logs}, {})).rejects.toMatchObject({code: 'not-yours'});
    await expect(
      proofs.execute(toHex(stranger.id), {logs: [{kind: STATE_KIND.recordLog, limit: 1}]}, {}),
    ).rejects.toMatchObject({code: 'not-yours'});
    await proofs.execute(toHex(patient.id), {logs, keys: [{kind: STATE_KIND.accessLog, parts: [patient.id]}]}, {});
    const ownLog = {kind: STATE_KIND.accessLog, from: 0n, limit: 10};
    const page = decodeCanonical(
      ProofResponseSchema,
      (await proofs.execute(toHex(patient.id), logPage(toHex(patient.id), ownLog), {})).proof,
    );
    expect(page).toMatchObject({states: [{present: true}], logs: [{indexes: [0n]}]});
  });

  describe('of a record log', () => {
    const {device} = PEOPLE;
    const hospital = testOrganisation('hospital');
    const of = {patient, device, custodian: hospital};
    const leaves = (...indexes: bigint[]) => ({logs: [{kind: STATE_KIND.recordLog, patient: patient.id, indexes}]});
    beforeEach(() => {
      const slot = Number(1_704_067_200n / 3_600n);
      chain.run(registerDevice(patient, device, [HEART_RATE], slot - 10), [patient, device]);
      const statement = epochStatement(patient, {fromSlot: slot - 10});
      chain.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: [statement]}}, [patient]);
      const entries = [recordEntry(of, {slot}), skipEntry(of, {sequence: 2n})];
      expect(chain.run(anchorRecords(entries), [hospital.storage]).code).toBe(0);
      expect(chain.ledger.recordLog(patient.id)).toHaveLength(2);
    });

    it('go one by one to the device whose records they are, and prove them', async () => {
      for (const asked of [{}, {validator: 0}]) {
        const request = leaves(0n, 1n);
        const {proof, signedHeader} = await proofs.execute(toHex(device.id), request, asked);
        const response = decodeCanonical(ProofResponseSchema, proof);
        const verdict = verifyAnswer({request, response, signedHeader}, chain.validatorSet.trust, {clock: 'any-time'});
        expect(verdict).toMatchObject({ok: true, answer: {logs: [{indexes: [0n, 1n]}]}});
      }
    });

    it.each([{}, {validator: 0}])('go to nobody else, and no page goes to the device (%j)', async (asked) => {
      const notHers = expect.objectContaining({code: 'not-yours'});
      await expect(proofs.execute(toHex(stranger.id), leaves(1n), asked)).rejects.toEqual(notHers);
      const kind = STATE_KIND.recordLog;
      for (const log of [
        {kind, patient: patient.id, from: 0n, limit: 1},
        {kind, patient: patient.id},
      ])
        await expect(proofs.execute(toHex(device.id), {logs: [log]}, asked)).rejects.toEqual(notHers);
      const accessLog = {kind: STATE_KIND.accessLog, patient: patient.id, indexes: [0n]};
      await expect(proofs.execute(toHex(device.id), {logs: [accessLog]}, asked)).rejects.toEqual(notHers);
    });
  });

  it('come from a validator that exists', async () => {
    await expect(proofs.execute(toHex(stranger.id), {keys: [key]}, {validator: 1})).rejects.toMatchObject({
      code: 'invalid-field',
    });
  });
});
