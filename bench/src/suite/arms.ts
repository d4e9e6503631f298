import type {Round} from './interleave.js';
import type {Arm} from './row.js';
import type {Claim} from './verdict.js';

/** Arms that count the same thing. */
export function arms(unit: string, ...names: readonly string[]): Arm[] {
  return names.map((name) => ({name, unit}));
}

/** One arm by another, as a claim asks it of a round. @throws RangeError when a round lacks one of them */
export function quotient(over: string, under: string): Claim['of'] {
  return (round) => valueOf(round, over) / valueOf(round, under);
}

function valueOf(round: Round, arm: string): number {
  const value = round[arm];
  if (value === undefined) throw new RangeError(`no arm is called ${arm}`);
  return value;
}
