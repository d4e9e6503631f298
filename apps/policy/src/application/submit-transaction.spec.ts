import type {Standstill} from '@vitalvault/process';
import {beforeEach, describe, expect, it} from '@jest/globals';
import {CODE, sha256Of, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, TEST_CHAIN, enrolPatient, requestAccess, testOrganisation} from '@vitalvault/ledger-state/testing';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {standstill} from '../../test/support/standstill.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {AccessLeaves} from './access-leaves.js';
import {ProjectBlocks} from './project-blocks.js';
import {projectGenesis} from './project-genesis.js';
import {SubmitTransaction} from './submit-transaction.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const {patient, recovery} = PEOPLE;
const hospital = testOrganisation('hospital');

describe('a posted transaction', () => {
  let chain: FakeChain;
  let submit: SubmitTransaction;
  let project: () => Promise<void>;
  let outcomes: TransactionOutcomes;
  let follower: Standstill;

  beforeEach(async () => {
    chain = new FakeChain(1_704_067_200n);
    const store = new MemoryProjectionStore();
    const traces = new MemoryTraces();
    outcomes = new TransactionOutcomes(store);
    follower = standstill();
    const projectBlocks = new ProjectBlocks({
      store,
      traces,
      outcomes,
      leaves: new AccessLeaves({logs: chain, projection: store}),
    });
    submit = new SubmitTransaction(
      {chainId: TEST_CHAIN, waitMs: 200, resendMs: 60},
      {ledger: chain, projection: store, traces, outcomes, follower},
    );
    let done = 0;
    project = async () => {
      for (; done < chain.blocks.length; done++) await projectBlocks.execute(chain.blocks[done] as never);
    };
    await projectGenesis(chain.genesis, store);
  });

  const sent = async (tx: Uint8Array) => (await submit.execute(tx, {wait: true})).outcome;
  const enrol = (): Uint8Array =>
    chain.ledger.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);

  it('is answered as soon as its block is projected', async () => {
    const tx = enrol();
    const answer = sent(tx);
    chain.commit([tx]);
    await project();
    expect(await answer).toMatchObject({height: 1n, code: CODE.ok, txHash: toHex(sha256Of(tx))});
  });

  it('is sent while the follower stands, which says at once that the outcome is unknown, and where it stands', async () => {
    follower.stopped('310', new Error());
    const tx = enrol();
    await expect(sent(tx)).rejects.toMatchObject({
      code: 'follower-stopped',
      detail: 'ledger-follower stands at 310.',
      meta: {txId: expect.stringMatching(/^[0-9a-f]{64}$/)},
    });
    expect(chain.sent).toEqual([tx]);
    expect((await submit.execute(tx, {wait: false})).outcome).toBeUndefined();
  });

  it('that waits when the follower stops is told so, and not that it is in no block', async () => {
    const answer = sent(enrol());
    setTimeout(() => follower.stopped('5', new Error()), 50);
    await expect(answer).rejects.toMatchObject({code: 'follower-stopped'});
  });

  it('of before that block is answered as ever', async () => {
    const tx = enrol();
    chain.commit([tx]);
    await project();
    follower.stopped('310', new Error());
    expect(await sent(tx)).toMatchObject({height: 1n});
  });

  it('gets the same answer again without another broadcast', async () => {
    const tx = enrol();
    chain.commit([tx]);
    await project();
    expect([await sent(tx), await sent(tx)]).toMatchObject([{height: 1n}, {height: 1n}]);
    expect(chain.sent).toEqual([]);
  });

  it('in no block in time: the outcome is unknown, and the id is told', async () => {
    await expect(sent(enrol())).rejects.toMatchObject({
      code: 'tx-timeout',
      category: 'unavailable',
      meta: {txId: expect.stringMatching(/^[0-9a-f]{64}$/)},
    });
  });

  it('is sent again while it is in no block: the node that has it may have swallowed it', async () => {
    const tx = enrol();
    await expect(sent(tx)).rejects.toMatchObject({code: 'tx-timeout'});
    expect(chain.sent.length).toBeGreaterThanOrEqual(2);
    expect(new Set(chain.sent)).toEqual(new Set([tx]));
    const times = chain.sent.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(chain.sent).toHaveLength(times);
  });

  it('that the mempool has seen executed is answered when the projection has caught up', async () => {
    const tx = enrol();
    chain.commit([tx]);
    chain.broadcast = () => Promise.reject(new DomainError('tx-refused', {meta: {code: CODE.nonceUsed}}));
    const answer = sent(tx);
    await project();
    expect(await answer).toMatchObject({height: 1n, code: CODE.ok});
  });

  it('that the mempool refuses is refused at once, with its id', async () => {
    chain.broadcast = () =>
      Promise.reject(
        new DomainError('tx-refused', {detail: 'Code 25, quota.', meta: {code: CODE.quota, codeName: 'quota'}}),
      );
    await expect(sent(enrol())).rejects.toMatchObject({
      code: 'tx-refused',
      meta: {code: CODE.quota, txId: expect.any(String)},
    });
  });

  it('refused before its nonce was used may succeed later', async () => {
    const tx = chain.ledger.tx(requestAccess(patient.id), [patient]);
    chain.commit([tx]);
    await project();
    expect(chain.blocks[0]?.transactions[0]?.code).toBe(CODE.unknownKey);
    chain.commit([enrol()]);
    const answer = sent(tx);
    await project();
    chain.commit([tx]);
    await project();
    expect(await answer).toMatchObject({code: CODE.ok});
    expect(chain.sent).toHaveLength(1);
  });

  it('waits no longer than the process lives', async () => {
    const answer = sent(enrol());
    await new Promise((resolve) => setTimeout(resolve, 20));
    outcomes.release();
    await expect(answer).rejects.toMatchObject({code: 'tx-timeout'});
  });

  it('of which only the id is wanted is not waited for', async () => {
    const tx = enrol();
    expect(await submit.execute(tx, {wait: false})).toEqual({
      txId: expect.stringMatching(/^[0-9a-f]{64}$/),
      outcome: undefined,
    });
    expect(chain.sent).toEqual([tx]);
  });
});
