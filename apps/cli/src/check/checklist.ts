import {explainError} from '../explain-error.js';

/** A sentence with what came of it. */
export interface CheckedSentence {
  sentence: string;
  holds: boolean;
  tookMs: number;
  /** What was the case instead. */
  instead?: string;
}

/** Ends a run of checks: the sentences after it would mean nothing. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Sentences that must hold, one after the other. */
export class Checklist {
  readonly sentences: CheckedSentence[] = [];

  constructor(private readonly onChecked: (checked: CheckedSentence) => void = () => undefined) {}

  get holds(): boolean {
    return this.sentences.length > 0 && this.sentences.every(({holds}) => holds);
  }

  /** Runs a check; what it throws is why the sentence does not hold. @throws CheckFailed */
  async hold<T>(sentence: string, check: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const tookMs = () => Math.round(performance.now() - startedAt);
    try {
      const result = await check();
      this.note({sentence, holds: true, tookMs: tookMs()});
      return result;
    } catch (error) {
      const {code, message} = explainError(error);
      this.note({
        sentence,
        holds: false,
        tookMs: tookMs(),
        instead: error instanceof CheckFailed ? error.message : `${message} (${code})`,
      });
      throw new CheckFailed(sentence);
    }
  }

  private note(checked: CheckedSentence): void {
    this.sentences.push(checked);
    this.onChecked(checked);
  }
}

/** For use inside a check. @throws CheckFailed */
export function expected(holds: boolean, instead: string): void {
  if (!holds) throw new CheckFailed(instead);
}
