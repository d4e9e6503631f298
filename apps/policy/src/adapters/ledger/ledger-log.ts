import type {LedgerLog} from '@vitalvault/ledger-client';
import type {LogFields, Logger} from '@vitalvault/nest-service/process';

/** Our logger as the ledger client calls it: only fields that our lines may carry. */
export function ledgerLog(logger: Logger): LedgerLog {
  const write = (level: 'info' | 'warn' | 'error') => (fields: Record<string, unknown>, message: string): void => {
    logger[level](message, fieldsOf(fields));
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
