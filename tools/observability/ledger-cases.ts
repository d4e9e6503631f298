import type {Case} from './case.ts';
import {IN, WAITS, blockAge, degraded, of, ready, stopped} from './series.ts';

const missing = (n: number, organisation: string): string =>
  `vitalvault_ledger_missing_power_ratio{program="ledger-abci", instance="v-${n}", organisation="${organisation}"}`;

export const LEDGER_CASES: readonly Case[] = [
  {
    of: 'no-blocks',
    what: 'all validators wait',
    series: {[blockAge(0)]: WAITS, [blockAge(1)]: WAITS},
    at: '9m',
    fires: ['page'],
  },
  {
    of: 'no-blocks',
    what: 'all began again and have seen none since',
    series: {'vitalvault_ready{program="ledger-abci", instance="v-0"}': '1x4 0x20'},
    at: '8m',
    fires: ['page'],
  },
  {
    of: 'no-blocks',
    what: 'one validator lags, the chain is idle',
    series: {[blockAge(0)]: WAITS, [blockAge(1)]: '21x40'},
    at: '10m',
    fires: [],
  },
  {
    of: 'validator-missing',
    what: 'one of four does not sign; who follows no more is not asked',
    series: {
      [blockAge(0)]: '2x40',
      [missing(0, 'a')]: '0x40',
      [missing(0, 'b')]: '0x4 0.25x36',
      [blockAge(1)]: WAITS,
      [missing(1, 'a')]: '0.25x40',
    },
    at: '20m',
    fires: ['ticket{organisation="b"}'],
  },
  {
    of: 'validator-missing',
    what: 'a late signature now and then',
    series: {[blockAge(0)]: '2x40', [missing(0, 'b')]: '0.25 0.25 0 0.25 0 0.25 0.25 0.25 0 0.25 0.25 0 0.25 0.25 0'},
    at: '14m',
    fires: [],
  },
  {
    of: 'misbehaviour',
    what: 'the first proof, as each validator tells it',
    series: {
      'vitalvault_ledger_misbehaviour_total{program="ledger-abci", instance="v-0", kind="duplicate-vote"}': '_x5 1x20',
      'vitalvault_ledger_misbehaviour_total{program="ledger-abci", instance="v-1", kind="duplicate-vote"}': '_x5 1x20',
    },
    at: '6m',
    fires: ['page{kind="duplicate-vote"}'],
  },
  {of: 'misbehaviour', what: 'there was none', series: {[blockAge()]: '2x20'}, at: '6m', fires: []},
  {
    of: 'follower-stopped',
    what: 'policy stands at a block, so it is behind: told once',
    series: {
      [stopped('policy', 'ledger-follower')]: '0x4 1x30',
      [`vitalvault_follower_block_age_seconds${of('policy')}`]: WAITS,
      [blockAge()]: '2x40',
    },
    at: '10m',
    fires: ['page{program="policy", part="ledger-follower"}'],
  },
  {
    of: 'follower-stopped',
    what: 'it goes on; one whose database is away stands because of that, which is told already',
    series: {
      [stopped('storage', 'ledger-follower')]: '0x20',
      [stopped('policy', 'ledger-follower')]: '0x4 1x30',
      [ready('policy')]: '1x4 0x30',
    },
    at: '10m',
    fires: [`service-down page${IN('policy')}`],
  },
  {
    of: 'follower-behind',
    what: 'blocks come, and storage does not follow',
    series: {[`vitalvault_follower_block_age_seconds${of('storage')}`]: WAITS, [blockAge()]: '2x40'},
    at: '9m',
    fires: [`page${IN('storage')}`],
  },
  {
    of: 'follower-behind',
    what: 'no blocks come: nobody is behind',
    series: {[`vitalvault_follower_block_age_seconds${of('storage')}`]: WAITS, [blockAge()]: WAITS},
    at: '9m',
    fires: ['no-blocks page'],
  },
  {
    of: 'disk-fills',
    what: 'less is left than its setting says',
    series: {[degraded('ledger-abci', 'disk')]: WAITS},
    at: '10m',
    fires: ['page{program="ledger-abci", instance="ledger-abci-0", part="disk"}'],
  },
  {
    of: 'disk-fills',
    what: 'full in three days, if it goes on so',
    series: {[`vitalvault_ledger_disk_free_bytes${of('ledger-abci')}`]: '1000000-200x500'},
    at: '8h',
    fires: ['ticket{program="ledger-abci", instance="ledger-abci-0"}'],
  },
  {
    of: 'disk-fills',
    what: 'a snapshot a day is no trend',
    series: {[`vitalvault_ledger_disk_free_bytes${of('ledger-abci')}`]: '1000000x200 999000x300'},
    at: '8h',
    fires: [],
  },
  {
    of: 'ledger-nearly-full',
    what: 'six tenths of the leaves',
    series: {
      'vitalvault_ledger_keys{program="ledger-abci", organisation="a"}': '10x100',
      'vitalvault_ledger_keys_ceiling{program="ledger-abci", organisation="a"}': '100x100',
      'vitalvault_ledger_leaves{program="ledger-abci", organisation="a"}': '65x100',
      'vitalvault_ledger_leaves_ceiling{program="ledger-abci", organisation="a"}': '100x100',
    },
    at: '70m',
    fires: ['ticket{organisation="a"}'],
  },
  {
    of: 'ledger-nearly-full',
    what: 'half of the keys',
    series: {
      'vitalvault_ledger_keys{program="ledger-abci", organisation="a"}': '50x100',
      'vitalvault_ledger_keys_ceiling{program="ledger-abci", organisation="a"}': '100x100',
    },
    at: '70m',
    fires: [],
  },
];
