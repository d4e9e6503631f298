import {CODE} from '@vitalvault/contracts';
import type {Metric} from './metric.js';

const LEDGER = ['ledger-abci'] as const;
/** Methods of ABCI that the ledger answers. */
const METHODS = [
  'info',
  'initChain',
  'checkTx',
  'query',
  'prepareProposal',
  'processProposal',
  'finalizeBlock',
  'commit',
] as const;
/** Seconds: a block takes one, and everything waits for a call of consensus. */
const CALL_SECONDS = [0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;
/** By their names in docs/errors.md. */
const CODES = [...(Object.keys(CODE) as (keyof typeof CODE)[]), 'other'] as const;
/** Organisations of a consortium. */
const MOST_ORGANISATIONS = 64;

/** Of a validator. */
export const LEDGER_METRICS = {
  'vitalvault.ledger.height': {kind: 'gauge', unit: '{block}', of: LEDGER, meaning: 'Last block since the start.'},
  'vitalvault.ledger.block_age': {
    kind: 'gauge',
    unit: 's',
    of: LEDGER,
    meaning: 'Since the time of the last block, by this clock; an idle chain has one each ten seconds.',
  },
  'vitalvault.ledger.call.duration': {
    kind: 'histogram',
    unit: 's',
    of: LEDGER,
    labels: {method: METHODS},
    buckets: CALL_SECONDS,
    meaning: 'A call of CometBFT by its method of ABCI; one thread answers them all.',
  },
  'vitalvault.ledger.transactions': {
    kind: 'counter',
    unit: '{transaction}',
    of: LEDGER,
    // `checked`: before it may wait in the pool · `executed`: in a block.
    labels: {phase: ['checked', 'executed'], code: CODES},
    meaning:
      'Transactions that were checked for the pool and executed in blocks, by code: `ok`, or the rule that refused.',
  },
  'vitalvault.ledger.block.transactions': {
    kind: 'histogram',
    unit: '{transaction}',
    of: LEDGER,
    buckets: [0, 1, 10, 50, 100, 250, 500, 1_000, 2_500],
    meaning: 'Transactions of a block.',
  },
  'vitalvault.ledger.block.fullness': {
    kind: 'histogram',
    unit: '1',
    of: LEDGER,
    buckets: [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99],
    meaning: 'Share of the bytes that a block may have; near 1 what comes waits for later blocks.',
  },
  'vitalvault.ledger.pool': {
    kind: 'gauge',
    unit: '{transaction}',
    of: LEDGER,
    meaning: 'Transactions that were let into the pool and wait for a block; 5,000 are all that there may be.',
  },
  'vitalvault.ledger.store': {
    kind: 'gauge',
    unit: 'By',
    of: LEDGER,
    labels: {store: ['changelogs', 'snapshots']},
    meaning: 'What the state takes on its disk; looked at once a minute.',
  },
  'vitalvault.ledger.missing_power': {
    kind: 'gauge',
    unit: '1',
    of: LEDGER,
    labels: {organisation: MOST_ORGANISATIONS},
    meaning:
      'Share of all voting power that an organisation has and did not put under the block before the last one; with a third in all missing no block comes.',
  },
  'vitalvault.ledger.misbehaviour': {
    kind: 'counter',
    unit: '{proof}',
    of: LEDGER,
    labels: {kind: ['duplicate-vote', 'light-client-attack', 'other']},
    meaning: 'Misbehaviour of validators that blocks since the start recorded: anything but 0 wants a person.',
  },
  'vitalvault.ledger.keys': {
    kind: 'gauge',
    unit: '{key}',
    of: LEDGER,
    labels: {organisation: MOST_ORGANISATIONS},
    meaning: 'Keys, with those promised, that an organisation answers for.',
  },
  'vitalvault.ledger.keys_ceiling': {
    kind: 'gauge',
    unit: '{key}',
    of: LEDGER,
    labels: {organisation: MOST_ORGANISATIONS},
    meaning: "Keys that an organisation's part has room for.",
  },
  'vitalvault.ledger.leaves': {
    kind: 'gauge',
    unit: '{leaf}',
    of: LEDGER,
    labels: {organisation: MOST_ORGANISATIONS},
    meaning: 'Leaves that an organisation answers for.',
  },
  'vitalvault.ledger.leaves_ceiling': {
    kind: 'gauge',
    unit: '{leaf}',
    of: LEDGER,
    labels: {organisation: MOST_ORGANISATIONS},
    meaning: "Leaves that an organisation's part has room for.",
  },
  'vitalvault.ledger.damaged_leaves': {
    kind: 'gauge',
    unit: '{leaf}',
    of: LEDGER,
    meaning: 'Leaves that the last reading of all found damaged.',
  },
  'vitalvault.ledger.leaf_rounds': {
    kind: 'gauge',
    unit: '{round}',
    of: LEDGER,
    meaning: 'Readings of all leaves since the start.',
  },
  'vitalvault.ledger.disk_free': {
    kind: 'gauge',
    unit: 'By',
    of: LEDGER,
    meaning: 'Room on the disk of the state when it was last looked at.',
  },
  'vitalvault.ledger.snapshot_age': {
    kind: 'gauge',
    unit: 's',
    of: LEDGER,
    meaning: 'Since the newest snapshot of the state was written: what is younger, a start reads block by block.',
  },
  'vitalvault.ledger.snapshot_failures': {
    kind: 'counter',
    unit: '{snapshot}',
    of: LEDGER,
    meaning: 'Snapshots since the start that could not be written.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
