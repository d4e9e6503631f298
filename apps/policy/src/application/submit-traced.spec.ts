import {afterAll, expect, it} from '@jest/globals';
import {CODE, sha256Of, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, TEST_CHAIN, enrolPatient, testOrganisation} from '@vitalvault/ledger-state/testing';
import {startTelemetry} from '@vitalvault/process';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {standstill} from '../../test/support/standstill.js';
import {SubmitTransaction} from './submit-transaction.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const {patient, recovery} = PEOPLE;
const exporter = {export: (_spans: unknown, done: (result: {code: number}) => void) => done({code: 0})};
const telemetry = startTelemetry({
  service: 'spec',
  otlpUrl: 'http://127.0.0.1:1',
  exporter: {...exporter, shutdown: () => Promise.resolve()},
});
afterAll(() => telemetry.shutdown());

it('only what a mempool took gets a row: anyone may post, and its quotas bound them', async () => {
  const chain = new FakeChain(1_704_067_200n);
  const store = new MemoryProjectionStore();
  const traces = new MemoryTraces();
  const submit = new SubmitTransaction(
    {chainId: TEST_CHAIN},
    {ledger: chain, projection: store, traces, outcomes: new TransactionOutcomes(store), follower: standstill()},
  );
  const tx = chain.ledger.tx(enrolPatient(patient, recovery), [
    testOrganisation('hospital').sponsor,
    patient,
    recovery,
  ]);
  const hash = toHex(sha256Of(tx));
  const broadcast = chain.broadcast.bind(chain);
  chain.broadcast = () => Promise.reject(new DomainError('tx-refused', {meta: {code: CODE.quota}}));
  await expect(submit.execute(tx, {wait: false})).rejects.toMatchObject({code: 'tx-refused'});
  expect((await traces.find([hash])).size).toBe(0);
  chain.broadcast = broadcast;
  await submit.execute(tx, {wait: false});
  expect((await traces.find([hash])).size).toBe(1);
  // It is in a mempool by then: that nothing links to it is no failure.
  traces.remember = () => Promise.reject(new DomainError('database-unavailable'));
  await submit.execute(tx, {wait: false});
});
