import {readFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {hint, tail} from '../engines/run-tool.js';
import {interrupted} from '../interrupt.js';
import {LaunchError} from '../launch-error.js';
import {progress, secondsSince} from '../progress.js';
import {spawnProcess} from './spawn-process.js';
import type {Layout} from '../plan/layout.js';
import type {ProcessSpec} from './process-spec.js';

/**
 * Starts processes side by side, each as soon as those it comes after are ready (the ones that are not among `specs`
 * are taken as running), and waits until all are ready.
 * @throws LaunchError for the first that fails.
 */
export async function startProcesses(layout: Layout, specs: ProcessSpec[]): Promise<void> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, interrupted]);
  const starts = new Map<string, Promise<void>>();
  const start = async (spec: ProcessSpec): Promise<void> => {
    for (const name of spec.after) await starts.get(name);
    signal.throwIfAborted();
    await startOne(layout, spec, signal);
  };
  // In start order every name of `after` comes before the process itself.
  for (const spec of specs) {
    const started = start(spec);
    started.catch(() => {
      abort.abort(new LaunchError('another process failed'));
    });
    starts.set(spec.name, started);
  }
  const results = await Promise.allSettled(starts.values());
  const reasons = results.filter((r) => r.status === 'rejected').map((r) => r.reason as Error);
  interrupted.throwIfAborted();
  const first = reasons.find((r) => r !== abort.signal.reason);
  if (first !== undefined) throw first;
}

async function startOne(layout: Layout, spec: ProcessSpec, signal: AbortSignal): Promise<void> {
  const start = Date.now();
  await spec.prepare();
  const prepared = Date.now();
  const {ended} = await spawnProcess(layout, spec);
  let answer = '';
  let end: string | undefined;
  void ended.then((how) => {
    end = how;
  });
  for (const deadline = prepared + spec.readySeconds * 1_000; ;) {
    if (end !== undefined) throw await failure(layout, spec, `${spec.name} ${end} before it was ready.`);
    if (
      await spec.ready().catch((error: unknown) => {
        answer = error instanceof Error ? ` (${error.message})` : '';
      })
    )
      break;
    signal.throwIfAborted();
    if (Date.now() > deadline)
      throw await failure(layout, spec, `${spec.name} was not ready after ${String(spec.readySeconds)} s${answer}.`);
    await sleep(100);
  }
  await spec.settle?.();
  progress(`${spec.name} ready after ${secondsSince(start)}`);
}

async function failure(layout: Layout, spec: ProcessSpec, what: string): Promise<LaunchError> {
  const output = await readFile(layout.log(spec.name), 'utf8').catch(() => '');
  const end = output.slice(-16_384);
  return new LaunchError(`${what}${hint(end)} The end of ${layout.log(spec.name)}:\n${tail(end)}`);
}
