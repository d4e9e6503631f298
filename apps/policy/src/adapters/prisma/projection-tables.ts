import type {Table} from '@vitalvault/postgres';

/** The tables of the projection, as blocks write them: those of 0001_projection.sql. */
export const TABLE = {
  organisations: {name: 'organisations', columns: {id: 'text', value: 'bytea'}, key: ['id']},
  organisationKeys: {
    name: 'organisation_keys',
    columns: {key_id: 'text', organisation: 'text', role: 'bigint', value: 'bytea'},
    key: ['key_id'],
  },
  members: {name: 'members', columns: {id: 'text', organisation: 'text', value: 'bytea'}, key: ['id']},
  patients: {
    name: 'patients',
    columns: {id: 'text', value: 'bytea', access_log_size: 'numeric'},
    key: ['id'],
    // Grows with her leaves, whose statement is another one.
    kept: ['access_log_size'],
  },
  keys: {name: 'keys', columns: {key_id: 'text', public_key: 'bytea', value: 'bytea'}, key: ['key_id']},
  devices: {name: 'devices', columns: {id: 'text', value: 'bytea'}, key: ['id']},
  registrations: {
    name: 'registrations',
    columns: {device: 'text', registration: 'bigint', owner: 'text', value: 'bytea'},
    key: ['device', 'registration'],
  },
  epochStatements: {
    name: 'epoch_statements',
    columns: {patient: 'text', type_tag: 'text', epoch: 'bigint', value: 'bytea'},
    key: ['patient', 'type_tag', 'epoch'],
  },
  successions: {name: 'successions', columns: {patient: 'text', n: 'bigint', value: 'bytea'}, key: ['patient', 'n']},
  grants: {
    name: 'grants',
    columns: {patient: 'text', grant_id: 'text', height: 'bigint', tx_index: 'int', grantee: 'text', value: 'bytea'},
  },
  readsUsed: {
    name: 'reads_used',
    columns: {patient: 'text', grant_id: 'text', reads: 'numeric'},
    key: ['patient', 'grant_id'],
  },
  transactions: {
    name: 'transactions',
    columns: {tx_id: 'text', tx_hash: 'text', height: 'bigint', tx_index: 'int', code: 'bigint', data: 'bytea'},
    key: ['tx_id'],
  },
  accessLeaves: {
    name: 'access_leaves',
    columns: {
      patient: 'text',
      leaf_index: 'numeric',
      height: 'bigint',
      tx_id: 'text',
      value: 'bytea',
      rule: 'int',
      by_grant: 'boolean',
    },
  },
} as const satisfies Record<string, Table>;
