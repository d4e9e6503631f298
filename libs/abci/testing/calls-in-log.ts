import type {AbciCall} from '../src/abci-call.js';

/** As ledger-abci writes a call at log level `debug`. */
const MESSAGE = 'ABCI call';

/** The calls in a log of ledger-abci, a JSON object in each line; lines of anything else are left out. */
export function callsInLog(log: string): AbciCall[] {
  return log
    .split('\n')
    .filter((line) => line.includes(`"${MESSAGE}"`))
    .map((line) => JSON.parse(line) as {method: string; height?: string})
    .map(({method, height}) => (height === undefined ? {method} : {method, height: BigInt(height)}));
}
