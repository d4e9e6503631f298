import type {AbciApplication} from '@vitalvault/abci';
import {BlockIDFlag, CheckTxType} from '@vitalvault/abci';
import {codeName, decodeCanonical, sha256Of, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {startMetrics} from '@vitalvault/process';
import {metricValues} from '@vitalvault/testkit';
import {TestLedger, testGenesis} from '@vitalvault/ledger-state/testing';
import type {Ledger} from './ledger.js';
import {measured} from './measured.js';

const metrics = startMetrics({service: 'spec'});
afterAll(() => metrics.shutdown());

/** Values of a metric by its labels, without buckets. */
const told = (name: string): Promise<Record<string, number>> => metricValues(metrics, name);

const REFUSED = 41;
const codes = [0, 0, REFUSED, 9_999];
const application = {
  info: () => ({}),
  checkTx: ({tx}: {tx: Uint8Array}) => ({code: codes[tx[0] ?? 0] ?? 0}),
  finalizeBlock: ({txs}: {txs: Uint8Array[]}) => ({txResults: txs.map((tx) => ({code: codes[tx[0] ?? 0] ?? 0}))}),
  commit: () => {
    throw new Error('the disk');
  },
} as unknown as AbciApplication;
const {state} = new TestLedger(testGenesis(['hospital']));
const ledger = {state: state as unknown as Ledger['state'], pending: {size: 3} as Ledger['pending']};

test('what CometBFT asks is told by method, transactions by phase and code, blocks by size', async () => {
  const it = measured(application, ledger);
  await it.info({} as never);
  for (const type of [CheckTxType.NEW, CheckTxType.RECHECK])
    for (const first of [0, 2, 3]) await it.checkTx({tx: Uint8Array.of(first), type} as never);
  const txs = [0, 1, 2].map((first) => Uint8Array.of(first, ...new Uint8Array(9)));
  expect((await it.finalizeBlock({txs} as never)).txResults).toHaveLength(3);
  expect(await told('vitalvault_ledger_call_duration_seconds')).toEqual({info: 1, checkTx: 6, finalizeBlock: 1});
  expect(await told('vitalvault_ledger_transactions_total')).toEqual({
    'checked ok': 1,
    [`checked ${codeName(REFUSED)}`]: 1,
    'checked other': 1,
    'executed ok': 2,
    [`executed ${codeName(REFUSED)}`]: 1,
  });
  expect(await told('vitalvault_ledger_block_transactions')).toEqual({'': 1});
  expect(await told('vitalvault_ledger_pool')).toEqual({'': 3});
});

test('power that did not sign is told by organisation, of the newest block that brings votes', async () => {
  const it = measured(application, ledger);
  const {organisations} = decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic']));
  const both = {...ledger, state: new TestLedger(testGenesis(['hospital', 'clinic'])).state as never};
  const [hospital = '', clinic = ''] = organisations.map(({id}) => toHex(id));
  const vote = (n: number, blockIdFlag: BlockIDFlag, power: bigint) => ({
    validator: {address: sha256Of(organisations[n]?.validators[0]?.publicKey ?? new Uint8Array(0)).slice(0, 20), power},
    blockIdFlag,
  });
  const block = (votes: unknown[]) => ({txs: [], decidedLastCommit: {round: 0, votes}}) as never;
  await it.finalizeBlock(block([]));
  expect(await told('vitalvault_ledger_missing_power_ratio')).toEqual({});
  const other = measured(application, both);
  await other.finalizeBlock(
    block([vote(0, BlockIDFlag.BLOCK_ID_FLAG_COMMIT, 30n), vote(1, BlockIDFlag.BLOCK_ID_FLAG_ABSENT, 10n)]),
  );
  expect(await told('vitalvault_ledger_missing_power_ratio')).toEqual({[hospital]: 0, [clinic]: 0.25});
  await other.finalizeBlock(
    block([vote(0, BlockIDFlag.BLOCK_ID_FLAG_NIL, 30n), vote(1, BlockIDFlag.BLOCK_ID_FLAG_COMMIT, 10n)]),
  );
  expect(await told('vitalvault_ledger_missing_power_ratio')).toEqual({[hospital]: 0.75, [clinic]: 0});
});

test('what fails is thrown on, at once', () => {
  expect(() => measured(application, ledger).commit({} as never)).toThrow('the disk');
});
