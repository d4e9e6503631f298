import type {CometNodeOptions} from '@vitalvault/abci/testing';
import type {Validator} from './validator.js';

/** How validators reach one another, so that it can be cut. A validator dials those of lower numbers. */
export interface Ways {
  /** In words, for who reads what a drill did. */
  readonly name: string;
  /** What CometBFT of validator `i` needs to be on them. @param home a folder of its own */
  placing(i: number, home: string): Partial<CometNodeOptions>;
  /** All validators are made, and their ports known. */
  leadTo(validators: readonly Validator[]): Promise<void>;
  /** Host and port at which `from` dials `to`. */
  address(from: number, to: number): string;
  cut(from: number, to: number): Promise<void>;
  mend(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}
