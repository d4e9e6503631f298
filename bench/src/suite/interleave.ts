/** One sample of each arm, by the arm's name. */
export type Round = Readonly<Record<string, number>>;

/**
 * Samples of all arms in turn, A B A B …: what the machine does meanwhile happens to every arm alike. One round before
 * the first is thrown away: caches and compilers are cold in it.
 */
export async function interleave(
  arms: readonly string[],
  rounds: number,
  sample: (arm: string, round: number) => Promise<number>,
): Promise<Round[]> {
  const taken: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const values: [string, number][] = [];
    for (const arm of arms) values.push([arm, await sample(arm, round)]);
    if (round > 0) taken.push(Object.fromEntries(values));
  }
  return taken;
}

/** Samples of one arm, round by round. @throws RangeError when a round lacks it */
export function samplesOf(rounds: readonly Round[], arm: string): number[] {
  return rounds.map((round) => {
    const value = round[arm];
    if (value === undefined) throw new RangeError(`no arm is called ${arm}`);
    return value;
  });
}
