import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {startedAtMs} from '../config.js';
import {buildEngines} from '../engines/build-engines.js';
import {engineOf} from '../engines/catalogue.js';
import {ensureGenesis} from '../genesis/ensure-genesis.js';
import {namesFor, processNames} from '../plan/names.js';
import {portLayout} from '../plan/ports.js';
import {settleSettings} from '../plan/settings.js';
import {requireDiskSpace} from '../process/disk-space.js';
import {requireFreePorts} from '../process/free-ports.js';
import {writeWhole} from '../process/files.js';
import {withLock} from '../process/lock.js';
import {processState, runningNames} from '../process/process-record.js';
import {startProcesses} from '../process/start-processes.js';
import {stopProcess} from '../process/stop-process.js';
import {progress, secondsSince} from '../progress.js';
import {ensureIpfsIdentities} from '../system/ipfs.js';
import {processSpecs} from '../system/process-specs.js';
import {writeEndpoints} from '../system/endpoints.js';
import {stopTerms} from '../system/stop-terms.js';
import {ensureSocketDirectory} from '../system/socket-home.js';
import {endpointTable} from './endpoint-table.js';
import {layoutFor} from './launcher-options.js';
import type {SignedUpTo} from '../genesis/ensure-genesis.js';
import type {Layout} from '../plan/layout.js';
import type {Settings} from '../plan/settings.js';
import type {DataOption} from './launcher-options.js';

const RUN_NEEDS_BYTES = 512 * 1024 ** 2;

export interface UpOptions extends DataOption {
  portBase?: number;
  validators?: number;
  maxKeys?: number;
  maxLeaves?: number;
  only?: string;
  observe?: boolean;
  signedUpTo?: number;
  insist?: boolean;
}

/** Builds what is missing, starts what does not run, and returns when all of it is ready. */
export async function up(options: UpOptions): Promise<void> {
  const layout = layoutFor(options);
  const busy = () => {
    progress(`another launcher is at work on ${layout.data}; waiting for it`);
  };
  await withLock(`data ${layout.data}`, busy, async () => {
    const anyRunning = async (s: Settings) => (await runningNames(layout, processNames(s.validators))).size > 0;
    const settings = await settleSettings(layout, options, anyRunning);
    const wanted = [options.only ?? 'all', ...(options.observe === true ? ['observers'] : [])];
    const names = namesFor(wanted.join(','), settings.validators);
    const {signedUpTo: height, insist = false} = options;
    await bringUp(layout, settings, names, height === undefined ? undefined : {height: BigInt(height), insist});
    await writeWhole(join(layout.run, 'last-up.json'), JSON.stringify({readyMs: Date.now() - startedAtMs}) + '\n');
    console.log(`\n${await endpointTable(layout, settings)}`);
  });
}

/** Starts those of `names` that do not run. @param signedUpTo as `ensureGenesis` */
export async function bringUp(
  layout: Layout,
  settings: Settings,
  names: string[],
  signedUpTo?: SignedUpTo,
): Promise<void> {
  const start = Date.now();
  const running = await runningNames(layout, processNames(settings.validators));
  const missing = names.filter((name) => !running.has(name));
  await mkdir(layout.run, {recursive: true});
  await mkdir(layout.logs, {recursive: true});
  await ensureSocketDirectory(layout);
  await requireDiskSpace(layout.data, RUN_NEEDS_BYTES, 'a system');
  await reportStale(layout, missing);
  const engines = await buildEngines(new Set(missing.map(engineOf).filter((e) => e !== undefined)));
  const context = {
    layout,
    settings,
    engines,
    ports: portLayout(settings.portBase),
    identities: await ensureGenesis(layout, settings, signedUpTo),
    ipfs: await ensureIpfsIdentities(layout),
    active: new Set([...running, ...missing]),
  };
  const specs = await processSpecs(context, missing);
  await requireFreePorts(specs);
  try {
    await startProcesses(layout, specs);
  } catch (error) {
    progress('stopping what was started');
    await Promise.all(specs.map((spec) => stopProcess(layout, stopTerms(spec.name))));
    throw error;
  } finally {
    await writeEndpoints(layout, settings);
  }
  progress(
    missing.length === 0
      ? 'all of it was running already'
      : `${String(missing.length)} processes ready in ${secondsSince(start)}`,
  );
}

async function reportStale(layout: Layout, names: string[]): Promise<void> {
  for (const name of names) {
    const {state} = await processState(layout, name);
    if (state === 'died') progress(`${name} had died; it is started again`);
  }
}
