import {appendFileSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';

/** What a client saw of one act, as the checker reads it. Times in Unix milliseconds. @spec test/checker/README.md */
export type Observation = {
  /** Hexadecimal id. */
  readonly patient: string;
  readonly sent: number;
  /** Null: no answer was seen. */
  readonly answered: number | null;
} & (
  | {readonly act: 'post'; readonly record: string; readonly outcome: Answer; readonly receipt?: string}
  | {readonly act: 'request'; readonly tx: string; readonly grant: string; readonly outcome: Decided}
  | {readonly act: 'grant' | 'revoke'; readonly tx: string; readonly grant: string; readonly outcome: 'committed'}
  | {readonly act: 'fetch'; readonly tx: string; readonly outcome: Fetched; readonly alerted?: boolean | null}
  | {readonly act: 'list'; readonly alerts: readonly string[]}
);
type Answer = 'accepted' | 'refused' | 'unknown';
type Fetched = 'opened' | 'refused' | 'unknown';
type Decided = 'permitted' | 'refused' | 'unknown';

/** Where the clients of a run write what they saw: a line an act, in the order of their answers. */
export class Journal {
  readonly #file: string;

  /** @param name of whoever writes; one file each, so that no two write into one */
  constructor(folder: string, name: string) {
    mkdirSync(folder, {recursive: true});
    this.#file = join(folder, `${name}.jsonl`);
  }

  write(seen: Observation): void {
    appendFileSync(this.#file, `${JSON.stringify(seen)}\n`);
  }
}
