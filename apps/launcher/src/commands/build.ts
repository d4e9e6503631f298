import {buildEngines} from '../engines/build-engines.js';
import {ENGINE_USES, ENGINES} from '../engines/catalogue.js';
import {LaunchError} from '../launch-error.js';
import {progress} from '../progress.js';

export interface BuildOptions {
  for: string;
  json?: boolean;
}

/** Builds what is missing of the engines for some uses. With `json` the last line says where each build lies, for tools. */
export async function build(options: BuildOptions): Promise<void> {
  const uses = options.for.split(',').map((use) => use.trim());
  const unknown = uses.filter((use) => !ENGINE_USES.some((known) => known === use));
  if (unknown.length > 0) throw new LaunchError(`No such use of engines: ${unknown.join(', ')}. Uses: ${ENGINE_USES.join(', ')}.`);
  const built = await buildEngines(new Set(ENGINES.filter((engine) => uses.includes(engine.use)).map((engine) => engine.name)));
  progress(`all engines for ${uses.join(', ')} are built`);
  if (options.json === true) console.log(JSON.stringify(Object.fromEntries(built)));
}
