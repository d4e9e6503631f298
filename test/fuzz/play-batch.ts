import type {Fuzzer} from './fuzzer.js';
import {numbersFrom} from './fuzzer.js';

export interface Failure {
  readonly fuzzer: string;
  readonly seed: number;
  /** Which input of that seed, from 0. */
  readonly input: number;
  readonly why: string;
}

/** What came of some inputs of one fuzzer; grows. */
export interface Tally {
  inputs: number;
  outcomes: Record<string, number>;
  failures: Failure[];
}

export const emptyTally = (): Tally => ({inputs: 0, outcomes: {}, failures: []});

/**
 * Plays inputs of one seed and counts them. A fuzzer whose inputs follow from one another ends at its first failure;
 * what a failure leaves behind is nothing to go on from.
 */
export async function playBatch(fuzzer: Fuzzer, seed: number, inputs: number, tally: Tally): Promise<void> {
  const play = await fuzzer.open(numbersFrom(seed));
  try {
    for (let input = 0; input < inputs; input++) {
      tally.inputs += 1;
      try {
        const came = play.input();
        const outcome = typeof came === 'string' ? came : await came;
        tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
      } catch (error) {
        tally.failures.push({
          fuzzer: fuzzer.name,
          seed,
          input,
          why: error instanceof Error ? error.message : String(error),
        });
        return;
      }
    }
  } finally {
    await play.close?.();
  }
}

/** A row of the table: with no failure in N inputs, the rate of failures is below 3/N with 95 % confidence. */
export function rowOf({name, never}: Fuzzer, {inputs, failures}: Tally): string {
  const bound = inputs === 0 ? 'not played' : failures.length > 0 ? 'see above' : `< ${(3 / inputs).toExponential(1)}`;
  return `| ${name} | ${never} | ${inputs} | ${failures.length} | ${bound} |`;
}

export const TABLE_HEAD =
  '| fuzzer | what never happens | inputs N | failures | rate (3/N, 95 %) |\n|---|---|---|---|---|';

/** Of all fuzzers together. `good`: each was played, and none failed; a short run gives not each of them a turn. */
export function verdictOf(tallies: readonly Tally[]): {text: string; good: boolean} {
  const played = tallies.filter(({inputs}) => inputs > 0);
  const failed = played.filter(({failures}) => failures.length > 0).length;
  const left = tallies.length - played.length;
  return {
    text: `${played.length - failed} passed, ${failed} failed${left === 0 ? '' : `, ${left} not played: give it more HOURS`}`,
    good: failed + left === 0,
  };
}

/** @returns the fuzzer of that name, or what to say when there is none */
export function fuzzerNamed(name: string, fuzzers: readonly Fuzzer[]): Fuzzer | string {
  const names = fuzzers.map((one) => `  FUZZER="${one.name}"`).join('\n');
  return fuzzers.find((one) => one.name === name) ?? `There is no fuzzer "${name}". There are:\n${names}`;
}
