import {spawnSync} from 'node:child_process';
import {setTimeout as pause} from 'node:timers/promises';

const ROOT = new URL('../..', import.meta.url).pathname;
/** What is told and delivered late is no fault so long after all was mended. */
const PATIENCE_MS = 90_000;
const AGAIN_MS = 5_000;

/** What the checker said of a rule. @spec test/checker/check.py */
export interface Verdict {
  readonly broken: number;
  readonly chances: number;
}
export type Verdicts = Readonly<Record<string, Verdict>>;

/**
 * Has the independent checker judge what clients wrote down.
 * @param observed their folder, when only their patients are judged: for others see `test/checker/README.md`
 */
export function judge(data: string, observed?: string): Verdicts {
  const {stdout, stderr} = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      'test/checker/run.ts',
      data,
      ...(observed === undefined ? [] : [observed]),
    ],
    {cwd: ROOT, encoding: 'utf8'},
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return (JSON.parse(last) as {rules: Verdicts}).rules;
  } catch {
    throw new Error(`the checker said no verdict: ${stdout}${stderr}`);
  }
}

export const broken = (verdicts: Verdicts): string[] =>
  Object.entries(verdicts).flatMap(([rule, {broken: times}]) => (times > 0 ? [rule] : []));

/** The verdict when nothing is broken, or the last one when patience is over. */
export async function settledVerdict(data: string, observed?: string): Promise<Verdicts> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const verdicts = judge(data, observed);
    if (broken(verdicts).length === 0 || Date.now() > until) return verdicts;
    await pause(AGAIN_MS);
  }
}
