import type {Dashboard} from './panel.ts';
import {largest, of, quantile, spread} from './panel.ts';

export const OF_LEDGER: Dashboard = {
  name: 'ledger',
  title: 'VitalVault: ledger',
  description: 'The validators of this installation, and what they see of the others.',
  rows: [
    {
      title: 'Consensus',
      panels: [
        {
          title: 'Height',
          description: 'Of each validator. One that stays behind does not follow.',
          unit: 'short',
          queries: [{expr: largest('instance', 'vitalvault_ledger_height'), legend: '{{instance}}'}],
        },
        {
          title: 'Age of the last block',
          description: 'An idle chain has one each ten seconds. Above a minute everywhere somebody is woken.',
          unit: 's',
          queries: [{expr: largest('instance', 'vitalvault_ledger_block_age_seconds'), legend: '{{instance}}'}],
        },
        {
          title: 'Voting power that does not sign',
          description: 'By organisation. With a third in all no block comes.',
          unit: 'percentunit',
          queries: [
            {expr: largest('organisation', 'vitalvault_ledger_missing_power_ratio'), legend: '{{organisation}}'},
          ],
        },
        {
          title: 'Calls of CometBFT, 99 of 100',
          description: 'One thread answers them all; a block waits for each of its own.',
          unit: 's',
          queries: [{expr: quantile(0.99, 'method', 'vitalvault_ledger_call_duration_seconds'), legend: '{{method}}'}],
        },
      ],
    },
    {
      title: 'Transactions',
      panels: [
        {
          title: 'Transactions executed a second',
          description: 'As one validator counts them; all execute the same.',
          unit: 'ops',
          queries: [
            {
              expr: `max by (code) (rate(${of('vitalvault_ledger_transactions_total', 'phase="executed"')}[$__rate_interval]))`,
              legend: '{{code}}',
            },
          ],
        },
        {
          title: 'Transactions of a block',
          description: 'Half of the blocks, and 99 of 100.',
          unit: 'short',
          queries: spread('vitalvault_ledger_block_transactions'),
        },
        {
          title: 'Fullness of a block',
          description: 'Near 1 what comes waits for later blocks.',
          unit: 'percentunit',
          queries: spread('vitalvault_ledger_block_fullness_ratio'),
        },
        {
          title: 'Pool',
          description: 'Transactions that wait for a block; 5,000 are all that there may be.',
          unit: 'short',
          queries: [{expr: largest('instance', 'vitalvault_ledger_pool'), legend: '{{instance}}'}],
        },
      ],
    },
    {
      title: 'Room and state',
      panels: [
        {
          title: 'Keys, share of the part',
          description: 'Of each organisation. At seven tenths it takes no records and no new people.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (organisation) (${of('vitalvault_ledger_keys')} / ${of('vitalvault_ledger_keys_ceiling')})`,
              legend: '{{organisation}}',
            },
          ],
        },
        {
          title: 'Leaves, share of the part',
          description: 'Of each organisation. At seven tenths it takes no records and no new people.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (organisation) (${of('vitalvault_ledger_leaves')} / ${of('vitalvault_ledger_leaves_ceiling')})`,
              legend: '{{organisation}}',
            },
          ],
        },
        {
          title: 'Room on the disk',
          description: 'Of each validator.',
          unit: 'bytes',
          queries: [{expr: largest('instance', 'vitalvault_ledger_disk_free_bytes'), legend: '{{instance}}'}],
        },
        {
          title: 'State on the disk',
          description: 'Changelogs grow with each block, snapshots with the state.',
          unit: 'bytes',
          queries: [
            {expr: largest('instance, store', 'vitalvault_ledger_store_bytes'), legend: '{{instance}} {{store}}'},
          ],
        },
        {
          title: 'Age of the newest snapshot',
          description: 'What is younger, a start reads block by block.',
          unit: 's',
          queries: [{expr: largest('instance', 'vitalvault_ledger_snapshot_age_seconds'), legend: '{{instance}}'}],
        },
        {
          title: 'Snapshots that failed',
          description: 'Since the start of the process.',
          unit: 'short',
          shape: 'number',
          queries: [{expr: largest('instance', 'vitalvault_ledger_snapshot_failures_total'), legend: '{{instance}}'}],
        },
        {
          title: 'Damaged leaves',
          description: 'Found by the last reading of all; questions for them are refused here.',
          unit: 'short',
          shape: 'number',
          queries: [{expr: largest('instance', 'vitalvault_ledger_damaged_leaves'), legend: '{{instance}}'}],
        },
        {
          title: 'Readings of all leaves',
          description: 'Since the start of the process; it goes up as long as they are read.',
          unit: 'short',
          queries: [{expr: largest('instance', 'vitalvault_ledger_leaf_rounds'), legend: '{{instance}}'}],
        },
      ],
    },
  ],
};
