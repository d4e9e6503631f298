import {rm} from 'node:fs/promises';
import {readSettings} from '../plan/settings.js';
import {progress} from '../progress.js';
import {outsidePostgres} from '../system/postgres-home.js';
import {down} from './down.js';
import {layoutFor} from './launcher-options.js';
import type {DataOption} from './launcher-options.js';

/** Stops a system and deletes its data directory; only ever one that `up` made. */
export async function clean(options: DataOption): Promise<void> {
  const layout = layoutFor(options);
  if ((await readSettings(layout)) === undefined) {
    progress(`nothing to delete: there is no system in ${layout.data}`);
    return;
  }
  await down(options);
  for (const dir of [layout.data, layout.sockets, outsidePostgres(layout)])
    await rm(dir, {recursive: true, force: true});
  progress(`${layout.data} deleted`);
}
