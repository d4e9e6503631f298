import {findingOfError} from './finding-of-error.js';
import type {Finding} from './finding.js';

/**
 * Work that nobody asks for and nobody waits for, so that nobody would hear that it fails: since when every try of it
 * fails, where, and why the last one did.
 */
export class BackgroundWork {
  #failing: {readonly sinceMs: number; readonly error: unknown; readonly at: string | undefined} | undefined;

  constructor(private readonly options: {readonly now?: () => number} = {}) {}

  /** @param at what was in hand: a height, topic/partition/offset */
  failed(error: unknown, at?: string): void {
    const {now = Date.now} = this.options;
    this.#failing = {sinceMs: this.#failing?.sinceMs ?? now(), error, at};
  }

  /** A try went well. */
  done(): void {
    this.#failing = undefined;
  }

  /** For a readiness check; undefined: the last try went well, or there was none. */
  get trouble(): Finding | undefined {
    if (this.#failing === undefined) return undefined;
    const {at, error, sinceMs} = this.#failing;
    return {...findingOfError(error), sinceMs, ...(at === undefined ? {} : {at})};
  }
}
