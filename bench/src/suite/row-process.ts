import {fork} from 'node:child_process';
import {join} from 'node:path';
import {unmeasuredRow} from './measure-row.js';
import type {MeasuredRow} from './measure-row.js';
import type {Asked, Row} from './row.js';

/** What the process of a row is told, in its environment. */
export interface RowOrder extends Asked {
  readonly number: string;
}

export type RowMessage = {readonly say: string} | {readonly measured: MeasuredRow} | {readonly failed: string};

const PROGRAM = join(import.meta.dirname, '..', 'measure.ts');
/** Of a row that names no limit of its own. */
export const LIMIT_SECONDS = 600;

/**
 * Measures a row in a process group of its own: no row sees another's heap or compiled code, and one that takes too
 * long is ended with all that it started. @returns the row; one that failed says so as `not measured`
 */
export async function runRow(row: Row, asked: Asked, say: (text: string) => void): Promise<MeasuredRow> {
  const {quick, large, profile} = asked;
  const order: RowOrder = {number: row.number, quick, large, profile};
  const child = fork(PROGRAM, [JSON.stringify(order)], {
    execArgv: [...process.execArgv, ...(row.nodeFlags ?? [])],
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let result: MeasuredRow | undefined;
  let failure: string | undefined;
  const killGroup = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  };
  const limit = row.limitSeconds ?? LIMIT_SECONDS;
  const timer = setTimeout(() => {
    failure = `it took longer than ${limit.toFixed(0)} s`;
    killGroup();
  }, limit * 1000);
  process.once('exit', killGroup);
  child.on('message', (message: RowMessage) => {
    if ('say' in message) say(message.say);
    else if ('measured' in message) result = message.measured;
    else failure = message.failed;
  });
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (status, signal) => {
      resolve(status ?? String(signal));
    });
  });
  clearTimeout(timer);
  killGroup();
  process.removeListener('exit', killGroup);
  if (result !== undefined && failure === undefined) return result;
  return {...unmeasuredRow(row, failure ?? `its process ended with ${String(code)}`), failed: true};
}
