import {afterAll, expect, it} from '@jest/globals';
import {CODE} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, TEST_CHAIN, enrolPatient, testOrganisation} from '@vitalvault/ledger-state/testing';
import {startMetrics} from '@vitalvault/process';
import {metricSamples, metricValues} from '@vitalvault/testkit';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {permitted} from '../../test/support/release-attempts.js';
import {standstill} from '../../test/support/standstill.js';
import {SubmitTransaction} from './submit-transaction.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const metrics = startMetrics({service: 'spec'});
afterAll(() => metrics.shutdown());

/** How many waits of a histogram there were, by its labels. */
const counted = (name: string): Promise<Record<string, number>> => metricValues(metrics, name);

it('what is waited for in vain is measured beside what was not, what is refused is not', async () => {
  const chain = new FakeChain(1_704_067_200n);
  const projection = new MemoryProjectionStore();
  const submit = new SubmitTransaction(
    {chainId: TEST_CHAIN, waitMs: 20, resendMs: 60},
    {
      ledger: chain,
      projection,
      traces: new MemoryTraces(),
      outcomes: new TransactionOutcomes(projection),
      follower: standstill(),
    },
  );
  const {patient, recovery} = PEOPLE;
  const post = (wait: boolean): Promise<unknown> => {
    const keys = [testOrganisation('hospital').sponsor, patient, recovery];
    return submit.execute(chain.ledger.tx(enrolPatient(patient, recovery), keys), {wait}).catch(() => undefined);
  };
  await post(true);
  await post(false);
  const faults = [
    new DomainError('ledger-unavailable'),
    new DomainError('tx-refused', {meta: {code: CODE.quota}}),
    new Error(),
  ];
  for (const fault of faults) {
    chain.broadcast = () => Promise.reject(fault);
    await post(true);
  }
  expect(await counted('vitalvault_transaction_duration_seconds')).toEqual({
    'enrolPatient tx-timeout': 1,
    'enrolPatient ledger-unavailable': 1,
    'enrolPatient other': 1,
  });
});

it('the first answer to a permit is measured from its question: when a reader asks, and asks again, is her affair', async () => {
  const {story, records, tx} = await permitted();
  // An hour after the block.
  story.nowMs = Date.now() + 3_600_000;
  story.meanwhile.alert = () => {
    story.nowMs += 2_000;
    return Promise.resolve();
  };
  for (let i = 0; i < 3; i++) await story.release(tx, records);
  const samples = await metricSamples(metrics, 'vitalvault_release_delay_seconds');
  const told = (suffix: string): number[] => samples.filter(({name}) => name.endsWith(suffix)).map(({value}) => value);
  expect([told('_count'), told('_sum')]).toEqual([[1], [2]]);
});
