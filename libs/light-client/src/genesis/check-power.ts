import {demand} from './demand.js';

/** CometBFT refuses more than this in all. */
const MOST_POWER = (2n ** 63n - 1n) >> 3n;

/**
 * Whether a set of these powers may validate. Whoever has a third can stop the chain alone, so that is only so when the
 * genesis says it, or nobody else is there.
 * @throws InvalidGenesisError
 */
export function checkPower(powers: readonly bigint[], oneCanStop: boolean): void {
  const total = powers.reduce((sum, power) => sum + power, 0n);
  demand(total <= MOST_POWER, 'its validators have too much power in all');
  demand(
    powers.length === 1 || oneCanStop || powers.every((power) => power * 3n < total),
    'a validator has a third of the power or more and could stop the chain alone; take four equal ones or more, or say ' +
      'one_can_stop',
  );
}
