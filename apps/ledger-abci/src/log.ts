import {pino} from 'pino';
import type {AbciLog} from '@vitalvault/abci';

/**
 * One JSON line per event on standard output. Nothing of a transaction but heights, counts and codes is ever logged.
 */
export function createLog(level: string): AbciLog {
  const log = pino(
    {
      level,
      base: {service: 'ledger-abci', pid: process.pid},
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: (label) => ({level: label})},
    },
    pino.destination({dest: 1, sync: true}),
  );
  return {
    info: (fields, message) => {
      log.info(fields, message);
    },
    warn: (fields, message) => {
      log.warn(fields, message);
    },
    error: (fields, message) => {
      log.error(fields, message);
    },
  };
}
