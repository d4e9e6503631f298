import {performance} from 'node:perf_hooks';

/** A sentence of a step does not hold. */
export class NotSo extends Error {
  override readonly name = 'NotSo';
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const write = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** What the run tells a person, and the numbers that it ends with. */
export class Report {
  private readonly began = performance.now();
  readonly numbers: Record<string, string> = {};
  held = 0;

  step(number: number, title: string): void {
    write(`\n${number}  ${title}   (${seconds(performance.now() - this.began)})`);
  }

  say(label: string, text: string): void {
    write(`   ${label.padEnd(24)} ${text}`);
  }

  /** A measured number; all of them are told again at the end. */
  measure(label: string, text: string): void {
    this.numbers[label] = text;
    this.say(label, text);
  }

  /** @throws NotSo */
  hold(sentence: string, holds: boolean, instead = ''): void {
    write(`   ${holds ? 'ok' : 'NO'}  ${sentence}${holds || instead === '' ? '' : `: ${instead}`}`);
    if (!holds) throw new NotSo(instead === '' ? sentence : `${sentence}: ${instead}`);
    this.held += 1;
  }

  async timed<T>(label: string, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    const result = await work();
    this.measure(label, seconds(performance.now() - from));
    return result;
  }

  end(): void {
    write(`\n${this.held} sentences held in ${seconds(performance.now() - this.began)}`);
    for (const [label, text] of Object.entries(this.numbers)) this.say(label, text);
  }
}
