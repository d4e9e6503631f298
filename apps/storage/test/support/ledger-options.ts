import {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';
import type {LedgerStoreOptions} from '../../src/adapters/prisma/prisma-ledger-store.js';

/** Of a ledger store in specs: the parameters of a usual genesis; all that `ownKeys` sign is our organisation's. */
export const ledgerOptions = (now: () => number, ownKeys: readonly string[] = []): LedgerStoreOptions => ({
  now,
  parameters: DEFAULT_PARAMETERS,
  ownKeys: new Set(ownKeys),
});
