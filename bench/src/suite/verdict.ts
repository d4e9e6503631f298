import {summarise} from './statistics.js';
import type {Summary} from './statistics.js';
import type {Round} from './interleave.js';

/** What a ratio must reach; both ends belong to it. */
export type Target = {readonly atLeast: number} | {readonly atMost: number};

/** A figure made of the arms of one round. */
export interface Claim {
  /** What is divided by what, in words. */
  readonly title: string;
  /** Absent: printed and not judged. */
  readonly target?: Target;
  readonly of: (round: Round) => number;
  /** Why it is missed where it is, from a profile. A claim that is missed without this fails the run. */
  readonly whenMissed?: string;
}

export type Verdict =
  | {readonly is: 'met'}
  | {readonly is: 'missed'; readonly reason: string | undefined}
  | {readonly is: 'not measured'; readonly reason: string}
  | {readonly is: 'printed'};

export interface Judged {
  readonly title: string;
  readonly target: string;
  readonly ratio: Summary | undefined;
  readonly verdict: Verdict;
}

/**
 * The figure of every round, then their median against the target: arms of one round stood next to each other in time,
 * medians of whole runs did not.
 */
export function judge(claim: Claim, rounds: readonly Round[]): Judged {
  const ratio = summarise(rounds.map(claim.of));
  return {title: claim.title, target: wordsOf(claim.target), ratio, verdict: verdictOf(claim, ratio.median)};
}

/** A claim of which nothing could be measured. */
export function notMeasured({title, target}: Claim, reason: string): Judged {
  return {title, target: wordsOf(target), ratio: undefined, verdict: {is: 'not measured', reason}};
}

function verdictOf({target, whenMissed}: Claim, median: number): Verdict {
  if (target === undefined) return {is: 'printed'};
  const met = 'atLeast' in target ? median >= target.atLeast : median <= target.atMost;
  return met ? {is: 'met'} : {is: 'missed', reason: whenMissed};
}

function wordsOf(target: Target | undefined): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${String(target.atLeast)}` : `≤ ${String(target.atMost)}`;
}

/** Whether a run may end well: a target that is missed has its reason. */
export function isAccountedFor({verdict}: Judged): boolean {
  return verdict.is !== 'missed' || verdict.reason !== undefined;
}
