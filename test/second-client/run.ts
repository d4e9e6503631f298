// Runs the second client in a virtual environment of its own.
//   node test/second-client/run.ts vectors            the formulas alone
//   node test/second-client/run.ts live <data folder> against a running system (its endpoints.json, genesis.json,
// org/0)
//   node test/second-client/run.ts history <rpc url> <genesis.json>   the whole chain of one validator
import {join} from 'node:path';
import {interpreter, run} from './interpreter.ts';

const here = import.meta.dirname;
const vectors = join(here, '../vectors/protocol.json');

const [mode, data, genesis] = process.argv.slice(2);
if (mode === 'vectors') process.exit(run(interpreter(), [join(here, 'vectors.py'), vectors]));
if (mode === 'live' && data !== undefined) {
  process.exit(
    run(interpreter(), [
      join(here, 'client.py'),
      join(data, 'endpoints.json'),
      join(data, 'genesis.json'),
      join(data, 'org', '0'),
      vectors,
    ]),
  );
}
if (mode === 'history' && data !== undefined && genesis !== undefined)
  process.exit(run(interpreter(), [join(here, 'history.py'), data, genesis]));
console.error('usage: run.ts vectors | run.ts live <data folder> | run.ts history <rpc url> <genesis.json>');
process.exit(2);
