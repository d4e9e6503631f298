import {createRequire} from 'node:module';
import {CannotMeasure} from './row.js';

/**
 * A package that only figures need: `make bench` installs it, and the types of the whole are checked without it.
 * @param home folder of the package.json that names it
 * @throws CannotMeasure when it is not there or does not load
 */
export function optionalPackage(name: string, home: string): unknown {
  try {
    return createRequire(`${home}/package.json`)(name);
  } catch (cause) {
    throw new CannotMeasure(`the package ${name} does not load: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
}
