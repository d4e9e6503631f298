import {resolve} from 'node:path';
import {LaunchError} from '../launch-error.js';
import {layoutOf} from '../plan/layout.js';
import {readSettings} from '../plan/settings.js';
import type {Layout} from '../plan/layout.js';
import type {Settings} from '../plan/settings.js';

export interface DataOption {
  data: string;
}

export function layoutFor({data}: DataOption): Layout {
  return layoutOf(resolve(data));
}

/** Layout and settings of a system that `up` made. */
export async function existingSystem(options: DataOption): Promise<{layout: Layout; settings: Settings}> {
  const layout = layoutFor(options);
  const settings = await readSettings(layout);
  if (settings === undefined)
    throw new LaunchError(
      `There is no system in ${layout.data}. Start one with \`make up\`, or name its directory with DATA=dir.`,
    );
  return {layout, settings};
}
