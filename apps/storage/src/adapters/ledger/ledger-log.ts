import type {LedgerLog} from '@vitalvault/ledger-client';
import type {LogFields, Logger} from '@vitalvault/process';

/** The ledger client's log lines through ours. */
export function ledgerLog(logger: Logger): LedgerLog {
  const fieldsOf = ({err, height, url, why}: Record<string, unknown>): LogFields => ({
    ...(err === undefined ? {} : {error: err}),
    ...(typeof height === 'string' ? {height} : {}),
    ...(typeof url === 'string' ? {url} : {}),
    ...(typeof why === 'string' ? {reason: why} : {}),
  });
  return {
    info: (fields, message) => {
      logger.info(message, fieldsOf(fields));
    },
    warn: (fields, message) => {
      logger.warn(message, fieldsOf(fields));
    },
    error: (fields, message) => {
      logger.error(message, fieldsOf(fields));
    },
  };
}
