import {fork} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import type {RowContext} from '../suite/row.js';

export interface ToldProcess {
  readonly child: ChildProcess;
  /** The first thing that it says: that it is ready, and where. */
  readonly said: unknown;
}

/** Starts a program, tells it what to do and waits until it answers; it is ended with the row. */
export async function startTold<T extends object>(
  program: string,
  order: T,
  {scratch}: Pick<RowContext, 'scratch'>,
): Promise<ToldProcess> {
  const child = fork(program, {stdio: ['ignore', 'inherit', 'inherit', 'ipc']});
  const gone = new Promise((resolve) => child.once('close', resolve));
  scratch.defer(async () => {
    child.kill();
    await gone;
  });
  child.send(order);
  return {child, said: await new Promise((resolve) => child.once('message', resolve))};
}
