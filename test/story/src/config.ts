import {resolve} from 'node:path';

/** Root of the clone: this file runs as test/story/dist/config.js. */
export const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** Colours and bars that move: only on a terminal, colours never with NO_COLOR. */
export function terminal(): {interactive: boolean; colour: boolean} {
  const interactive = process.stdout.isTTY;
  return {interactive, colour: interactive && (process.env['NO_COLOR'] ?? '') === ''};
}

/** All that an actor's `vv` gets of this environment. */
export const inheritedEnvironment = (): NodeJS.ProcessEnv => ({PATH: process.env['PATH']});
