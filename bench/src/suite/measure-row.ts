import {ArmProfiler} from './arm-profiler.js';
import {interleave, samplesOf} from './interleave.js';
import type {Fact, Row, RowContext} from './row.js';
import {CannotMeasure} from './row.js';
import {summarise} from './statistics.js';
import type {Summary} from './statistics.js';
import {judge, notMeasured} from './verdict.js';
import type {Judged} from './verdict.js';

export interface MeasuredRow {
  readonly number: string;
  readonly title: string;
  readonly arms: readonly {readonly name: string; readonly unit: string; readonly summary: Summary}[];
  readonly claims: readonly Judged[];
  readonly facts: readonly Fact[];
  readonly seconds: number;
  /** By a fault: a machine that cannot measure it is none. */
  readonly failed?: true;
}

const HOT_FUNCTIONS = 30;

/** Sets a row up, samples it in turn and judges it. What its scratch holds is the caller's to clean. */
export async function measureRow(row: Row, context: RowContext): Promise<MeasuredRow> {
  const start = performance.now();
  const rounds = context.quick ? row.rounds.quick : row.rounds.full;
  try {
    context.say('setting up');
    const measurable = await row.setup(context);
    const profiler = context.profile ? new ArmProfiler() : undefined;
    const taken = await interleave(
      row.arms.map(({name}) => name),
      rounds,
      async (arm, round) => {
        await measurable.prepare?.(arm);
        const sample = async (): Promise<number> => measurable.sample(arm);
        const value = profiler === undefined || round === 0 ? await sample() : await profiler.around(arm, sample);
        context.say(`round ${String(round)} of ${String(rounds)}: ${arm} ${value.toPrecision(4)}`);
        return value;
      },
    );
    return {
      ...identityOf(row),
      arms: row.arms.map((arm) => ({...arm, summary: summarise(samplesOf(taken, arm.name))})),
      claims: row.claims.map((claim) => judge(claim, taken)),
      facts: [...((await measurable.facts?.()) ?? []), ...(profiler?.facts(HOT_FUNCTIONS) ?? [])],
      seconds: (performance.now() - start) / 1000,
    };
  } catch (error) {
    if (error instanceof CannotMeasure) return unmeasuredRow(row, error.message);
    throw error;
  }
}

/** A row of which there is nothing but the reason. */
export function unmeasuredRow(row: Row, reason: string): MeasuredRow {
  return {
    ...identityOf(row),
    arms: [],
    claims: row.claims.map((claim) => notMeasured(claim, reason)),
    facts: row.claims.length === 0 ? [{title: 'not measured', value: reason}] : [],
    seconds: 0,
  };
}

function identityOf({number, title}: Row): Pick<MeasuredRow, 'number' | 'title'> {
  return {number, title};
}
