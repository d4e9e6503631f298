import type {Claim} from './verdict.js';
import type {Scratch} from './scratch.js';

/** What a run was asked for. */
export interface Asked {
  /** All rows in three minutes: fewer rounds, smaller states. */
  readonly quick: boolean;
  /** Also states of 10⁷ keys: needs 12 GiB of memory. */
  readonly large: boolean;
  /** Says in which functions each arm spent its time; its figures are then worth nothing. */
  readonly profile: boolean;
}

export interface RowContext extends Asked {
  readonly scratch: Scratch;
  /** A line of progress. */
  readonly say: (text: string) => void;
}

export interface Arm {
  readonly name: string;
  /** What a sample counts, for example `verifications/s`. */
  readonly unit: string;
}

/** What is measured beside the arms, once: printed, never judged. */
export interface Fact {
  readonly title: string;
  readonly value: string;
}

/** A row that has been set up. */
export interface Measurable {
  /** What a sample of an arm needs and does not measure. */
  readonly prepare?: (arm: string) => Promise<void> | void;
  /** One sample of an arm, in its unit. */
  readonly sample: (arm: string) => Promise<number> | number;
  /** Told when the rounds are over. */
  readonly facts?: () => Promise<readonly Fact[]> | readonly Fact[];
}

/** One line of the table: some arms, and what their samples are asked. In a file of its own; see bench/README.md. */
export interface Row {
  /** As in the budgets of docs/performance.md, or a word for what has no target. */
  readonly number: string;
  readonly title: string;
  readonly arms: readonly Arm[];
  readonly claims: readonly Claim[];
  readonly rounds: {readonly full: number; readonly quick: number};
  /** After so long it counts as not measured; default: ten minutes. */
  readonly limitSeconds?: number;
  /** Flags of the Node process that this row has for itself. */
  readonly nodeFlags?: readonly string[];
  readonly setup: (context: RowContext) => Promise<Measurable> | Measurable;
}

/** Thrown by a setup that cannot be: the row is `not measured`, with these words. */
export class CannotMeasure extends Error {
  override readonly name = 'CannotMeasure';
}
