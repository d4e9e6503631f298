import type {Style} from './style.js';

/** A step of the story did not hold. */
export class StoryFailed extends Error {
  override readonly name = 'StoryFailed';
}

const LABEL_COLUMNS = 22;
const RULE_COLUMNS = 100;

/** Where the story is told: a terminal, a file, a test. */
export interface Stage {
  write: (text: string) => void;
  interactive: boolean;
  style: Style;
  now: () => number;
}

/** Tells the story: one heading a step, then labelled values and what was checked. */
export class Narrator {
  /** Sentences that held, by step, for demo.json. */
  readonly held: string[] = [];
  private startedAt = 0;

  constructor(private readonly stage: Stage) {}

  title(text: string): void {
    this.stage.write(`${this.stage.style.bold(text)}\n`);
  }

  step(number: number, title: string): void {
    this.startedAt = this.stage.now();
    this.stage.write(`\n${this.stage.style.bold(`${String(number).padStart(2)}  ${title}`)}\n`);
  }

  endStep(): number {
    const tookMs = this.stage.now() - this.startedAt;
    this.stage.write(`${this.stage.style.dim(`${(tookMs / 1000).toFixed(1)} s`.padStart(RULE_COLUMNS))}\n`);
    return tookMs;
  }

  /** A fact with its label. */
  say(label: string, text: string): void {
    this.stage.write(`    ${label.padEnd(LABEL_COLUMNS - 1)} ${text}\n`);
  }

  /** Lines as they are: a plot, a waterfall. */
  show(lines: readonly string[]): void {
    for (const line of lines) this.stage.write(`    ${line}\n`);
  }

  /** Something that must hold; the story ends where it does not. @throws StoryFailed */
  hold(sentence: string, holds: boolean, instead?: string): void {
    const mark = holds ? this.stage.style.good('ok ') : this.stage.style.bad('NO ');
    this.stage.write(`    ${mark} ${sentence}${holds || instead === undefined ? '' : `: ${instead}`}\n`);
    if (!holds) throw new StoryFailed(instead === undefined ? sentence : `${sentence}: ${instead}`);
    this.held.push(sentence);
  }

  /** Shows how far something is: in one line on a terminal, as a line at every quarter elsewhere. */
  progress(): (done: number, total: number, text: string) => void {
    const {write, interactive} = this.stage;
    let told = 0;
    return (done, total, text) => {
      const quarter = Math.floor((done / total) * 4);
      if (interactive) write(`\r    ${done}/${total} ${text}\u001b[K${done === total ? '\n' : ''}`);
      else if (quarter > told) write(`    ${done}/${total} ${text}\n`);
      told = Math.max(told, quarter);
    };
  }
}
