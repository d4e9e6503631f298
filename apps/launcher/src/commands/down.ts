import {rm} from 'node:fs/promises';
import {readSettings} from '../plan/settings.js';
import {processNames} from '../plan/names.js';
import {withLock} from '../process/lock.js';
import {stopProcess} from '../process/stop-process.js';
import {progress} from '../progress.js';
import {stopTerms} from '../system/stop-terms.js';
import {layoutFor} from './launcher-options.js';
import type {Layout} from '../plan/layout.js';
import type {DataOption} from './launcher-options.js';

/**
 * Stops everything, in the order in which things depend on each other: nobody writes to what is already gone, and the
 * last spans still find the Collector. Who watches goes last.
 */
const TIERS = [
  /^ingest$/,
  /^(storage|policy)$/,
  /^notify$/,
  /^comet-/,
  /^abci-/,
  /^cluster-/,
  /^(kubo-\d+|kafka|postgres)$/,
  /^otel$/,
  /^(zipkin|zipkin-feed|alertmanager|prometheus)$/,
];

export async function down(options: DataOption): Promise<void> {
  const layout = layoutFor(options);
  const settings = await readSettings(layout);
  if (settings === undefined) {
    progress(`nothing to stop: there is no system in ${layout.data}`);
    return;
  }
  const busy = () => {
    progress(`another launcher is at work on ${layout.data}; waiting for it`);
  };
  await withLock(`data ${layout.data}`, busy, async () => {
    await stopNames(layout, processNames(settings.validators));
    await rm(layout.endpoints, {force: true});
  });
}

export async function stopNames(layout: Layout, names: string[]): Promise<void> {
  let stopped = 0;
  for (const tier of TIERS) {
    const results = await Promise.all(
      names
        .filter((name) => tier.test(name))
        .map(async (name) => {
          const result = await stopProcess(layout, stopTerms(name));
          if (result === 'forced') progress(`${name} did not stop in time and was killed`);
          return result;
        }),
    );
    stopped += results.filter((r) => r !== 'was not running').length;
  }
  progress(stopped === 0 ? 'nothing was running' : `${String(stopped)} processes stopped`);
}
