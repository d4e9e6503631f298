import {beforeEach, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {answerProofs} from '@vitalvault/ledger-state/testing';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';

describe('new entries of an access log', () => {
  let all: People;
  const ask = () =>
    all.clinician.requestAccess({patient: all.keys.patient, slotFrom: all.slot, slotTo: all.slot, purpose: 'TREAT'});
  /** Answers `/v1/proofs` with something else than the ledger says. */
  const lying = (change: (response: ProofResponse) => ProofResponse) => {
    all.platform.tamper = (path, answer) => {
      if (path !== '/v1/proofs') return answer;
      const json = answer.json as {proof: string};
      const response = change(decodeCanonical(ProofResponseSchema, fromHex(json.proof)));
      return {...answer, json: {...json, proof: toHex(encodeCanonical(ProofResponseSchema, response))}};
    };
  };

  beforeEach(async () => {
    all = await people();
    await ask();
  });

  it('are all at first, and then those that came since; the log before is not asked for', async () => {
    expect((await all.log.newEntries()).leaves.map(({index}) => index)).toEqual([0n, 1n, 2n, 3n]);
    expect((await all.log.newEntries()).leaves).toEqual([]);
    await ask();
    await ask();
    const {leaves, head} = await all.log.newEntries();
    expect(leaves.map(({index, event}) => [index, event.case])).toEqual([
      [4n, 'access'],
      [5n, 'access'],
    ]);
    expect(head.size).toBe(6n);
    expect(all.keys.logHead?.size).toBe('6');
    expect((await all.log.accessLog()).head.size).toBe(6n);
  });

  it('of a log that does not begin with what she saw are refused, though every proof holds', async () => {
    await all.log.accessLog();
    await ask();
    const remembered = all.keys.logHead;
    all.keys.logHead = {...(remembered as NonNullable<typeof remembered>), root: '11'.repeat(32)};
    await expect(all.log.newEntries()).rejects.toMatchObject({code: 'log-forked'});
    expect(all.keys.logHead.size).toBe('4');
  });

  it('are refused when another log stands in the place of hers: an empty one would hide it for ever', async () => {
    const patient = fromHex(all.keys.patient);
    const logs = [STATE_KIND.recordLog, STATE_KIND.accessLog].map((kind) => ({kind, patient, limit: 1_000}));
    lying(() => answerProofs(all.platform.chain.ledger, {logs}));
    await expect(all.log.newEntries()).rejects.toMatchObject({code: 'proof-invalid'});
    expect(all.keys.logHead).toBeUndefined();
  });

  it('of a log that is shorter than what she saw are refused', async () => {
    await all.log.accessLog();
    const remembered = all.keys.logHead;
    all.keys.logHead = {...(remembered as NonNullable<typeof remembered>), size: '9'};
    await expect(all.log.newEntries()).rejects.toMatchObject({code: 'log-older-than-known'});
  });

  it('without the proof that the log goes on from there are refused', async () => {
    await all.log.accessLog();
    await ask();
    lying((response) => ({...response, logs: response.logs.map((log) => ({...log, consistency: new Uint8Array()}))}));
    await expect(all.log.newEntries()).rejects.toMatchObject({code: 'log-forked'});
  });

  it('of which one is withheld are refused', async () => {
    await ask();
    const log = {kind: STATE_KIND.accessLog, patient: all.patientId};
    lying(() => answerProofs(all.platform.chain.ledger, {logs: [{...log, indexes: [0n, 1n, 2n, 3n]}]}));
    await expect(all.log.newEntries()).rejects.toMatchObject({
      code: 'proof-invalid',
      meta: {fault: 'not-what-was-asked'},
    });
  });
});
