import type {LogFields, Logger} from '@vitalvault/process';
import type {LedgerLog} from './ledger-log.js';

/**
 * A service's logger as the ledger client calls it: only fields that our lines may carry, and of a node that stays away
 * one line above debug.
 */
export function ledgerLogOf(logger: Logger): LedgerLog {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (fields: Record<string, unknown>, message: string): void => {
      // A node that stays away is told once; its further failures come every few hundred milliseconds.
      const again = typeof fields['failures'] === 'number' && fields['failures'] > 1;
      logger[again ? 'debug' : level](message, fieldsOf(fields));
    };
  return {info: write('info'), warn: write('warn'), error: write('error')};
}

function fieldsOf({err, url, height, why}: Record<string, unknown>): LogFields {
  return {
    ...(err === undefined ? {} : {error: err}),
    ...(typeof url === 'string' ? {url} : {}),
    ...(typeof height === 'string' ? {height} : {}),
    ...(typeof why === 'string' ? {reason: why} : {}),
  };
}
