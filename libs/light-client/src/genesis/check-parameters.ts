import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import {demand} from './demand.js';
import {MOST_EPOCHS, PARAMETER_BOUNDS} from './parameter-bounds.js';

interface Bounds {
  readonly [name: string]: readonly [bigint, bigint] | Bounds;
}

/** Whether every parameter of a genesis is there and within its bounds. @throws InvalidGenesisError naming the first */
export function checkParameters(parameters: Parameters | undefined): asserts parameters is Parameters {
  demand(parameters !== undefined, 'it has no parameters');
  check('', parameters as unknown as Record<string, unknown>, PARAMETER_BOUNDS as unknown as Bounds);
  const epochs = mostEpochs(parameters);
  demand(epochs <= MOST_EPOCHS, `a patient may have ${epochs} epochs with all her successions, not ${MOST_EPOCHS}`);
}

function mostEpochs({holdings, holdingsPerSuccession, maxSuccessions}: Parameters): bigint {
  return BigInt(holdings?.epochs ?? 0) + BigInt(holdingsPerSuccession?.epochs ?? 0) * BigInt(maxSuccessions);
}

function check(path: string, values: Readonly<Record<string, unknown>>, bounds: Bounds): void {
  for (const [name, bound] of Object.entries(bounds)) {
    const value = values[name];
    const where = `${path}${name}`;
    if (isRange(bound)) {
      const [least, most] = bound;
      const number = BigInt(value as number | bigint);
      demand(number >= least && number <= most, `the parameter ${where} is ${number}, not ${least} to ${most}`);
    } else {
      demand(value !== undefined, `the parameter ${where} is missing`);
      check(`${where}.`, value as Record<string, unknown>, bound);
    }
  }
}

const isRange = (bound: readonly [bigint, bigint] | Bounds): bound is readonly [bigint, bigint] => Array.isArray(bound);
