import {buildEngines} from '../engines/build-engines.js';
import {ENGINE_USES, ENGINES} from '../engines/catalogue.js';
import {LaunchError} from '../launch-error.js';
import {progress} from '../progress.js';

export interface BuildOptions {
  for: string;
  /** Only these of them. */
  only?: string;
  json?: boolean;
}

const namesIn = (text: string): string[] => text.split(',').map((name) => name.trim());

/** @throws LaunchError that says which names there are */
function chosen<T extends string>(what: string, text: string, known: readonly T[]): T[] {
  const unknown = namesIn(text).filter((name) => !known.some((one) => one === name));
  if (unknown.length > 0)
    throw new LaunchError(`No such ${what}: ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return known.filter((name) => namesIn(text).includes(name));
}

/**
 * Builds what is missing of the engines for some uses. With `json` the last line says where each build lies, for tools.
 */
export async function build(options: BuildOptions): Promise<void> {
  const uses = chosen('use of engines', options.for, ENGINE_USES);
  const all = ENGINES.filter((engine) => uses.includes(engine.use)).map((engine) => engine.name);
  const names = options.only === undefined ? all : chosen(`engine for ${uses.join(', ')}`, options.only, all);
  const built = await buildEngines(new Set(names));
  progress(options.only === undefined ? `all engines for ${uses.join(', ')} are built` : `${names.join(', ')}: built`);
  if (options.json === true) console.log(JSON.stringify(Object.fromEntries(built)));
}
