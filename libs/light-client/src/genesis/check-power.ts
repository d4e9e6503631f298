import type {GenesisOrganisation} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {demand} from './demand.js';

/** CometBFT refuses more than this in all. */
const MOST_POWER = (2n ** 63n - 1n) >> 3n;

/**
 * Whether these organisations may validate with the powers that they have. Whoever has a third can stop the chain
 * alone, in however many validators it lies, so that is only so when the genesis says it, or there is one validator.
 * @throws InvalidGenesisError
 */
export function checkPower(
  organisations: readonly Pick<GenesisOrganisation, 'validators'>[],
  oneCanStop: boolean,
): void {
  const sum = (powers: readonly bigint[]): bigint => powers.reduce((all, power) => all + power, 0n);
  const powers = organisations.map(({validators}) => sum(validators.map(({power}) => power)));
  const total = sum(powers);
  demand(total <= MOST_POWER, 'its validators have too much power in all');
  demand(
    oneCanStop ||
      organisations.reduce((count, {validators}) => count + validators.length, 0) === 1 ||
      powers.every((power) => power * 3n < total),
    'an organisation has a third of the power or more and could stop the chain alone; take four equal ones or more, or ' +
      'say one_can_stop',
  );
}
