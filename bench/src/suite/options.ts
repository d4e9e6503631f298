import {parseArgs} from 'node:util';
import type {Asked, Row} from './row.js';

export interface Options extends Asked {
  readonly rows: readonly Row[];
  readonly help: boolean;
}

/** @throws Error naming an option or a row that there is not */
export function optionsOf(args: readonly string[], all: readonly Row[]): Options {
  const {values} = parseArgs({
    args: [...args],
    options: {
      rows: {type: 'string', default: ''},
      quick: {type: 'boolean', default: false},
      large: {type: 'boolean', default: false},
      profile: {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
  });
  const wanted = values.rows.split(',').filter((name) => name !== '');
  const unknown = wanted.filter((name) => !all.some(({number}) => number === name));
  if (unknown.length > 0)
    throw new Error(`no such row: ${unknown.join(', ')}; there are ${all.map(({number}) => number).join(', ')}`);
  return {
    rows: wanted.length === 0 ? all : all.filter(({number}) => wanted.includes(number)),
    quick: values.quick,
    large: values.large,
    profile: values.profile,
    help: values.help,
  };
}
