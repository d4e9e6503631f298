import type {Metric} from './metric.js';

const LEDGER = ['ledger-abci'] as const;
/** Organisations of a consortium. */
const MOST_ORGANISATIONS = 64;

/** Of a validator. */
export const LEDGER_METRICS = {
  'vitalvault.ledger.height': {kind: 'gauge', unit: '{block}', of: LEDGER, meaning: 'Last block since the start.'},
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
