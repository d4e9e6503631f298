import {withOtherHalves} from '../plan/names.js';
import {withLock} from '../process/lock.js';
import {killProcess} from '../process/stop-process.js';
import {progress} from '../progress.js';
import {writeEndpoints} from '../system/endpoints.js';
import {stopNames} from './down.js';
import {namesFor} from '../plan/names.js';
import {existingSystem} from './launcher-options.js';
import {bringUp} from './up.js';
import type {Layout} from '../plan/layout.js';
import type {Settings} from '../plan/settings.js';
import type {DataOption} from './launcher-options.js';

type Act = (system: {layout: Layout; settings: Settings}, names: string[]) => Promise<void>;

async function withNames(list: string, options: DataOption, act: Act): Promise<void> {
  const system = await existingSystem(options);
  const names = namesFor(list, system.settings.validators);
  const busy = () => {
    progress(`another launcher is at work on ${system.layout.data}; waiting for it`);
  };
  await withLock(`data ${system.layout.data}`, busy, async () => {
    await act(system, names);
  });
}

/** Starts processes of an existing system again and waits until they are ready. */
export async function start(list: string, options: DataOption): Promise<void> {
  await withNames(list, options, async ({layout, settings}, names) => {
    await bringUp(layout, settings, withOtherHalves(names, settings.validators));
  });
}

/** Stops and starts processes, in the orders that they need. */
export async function restart(list: string, options: DataOption): Promise<void> {
  await withNames(list, options, async ({layout, settings}, names) => {
    await stopNames(layout, names);
    await bringUp(layout, settings, withOtherHalves(names, settings.validators));
  });
}

export async function stop(list: string, options: DataOption): Promise<void> {
  await withNames(list, options, async ({layout, settings}, names) => {
    await stopNames(layout, names);
    await writeEndpoints(layout, settings);
  });
}

/** SIGKILL to every process of `list`, all at once. */
export async function kill(list: string, options: DataOption): Promise<void> {
  await withNames(list, options, async ({layout, settings}, names) => {
    const killed = await Promise.all(names.map((name) => killProcess(layout, name)));
    const hit = names.filter((_, i) => killed[i] === true);
    progress(hit.length === 0 ? `${names.join(', ')}: not running` : `killed ${hit.join(', ')}`);
    await writeEndpoints(layout, settings);
  });
}
