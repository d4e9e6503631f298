import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';

/** A person at a terminal, or what she has piped in. */
export class Person {
  readonly #lines;
  readonly #answers;

  constructor(
    input: Readable,
    private readonly output: Writable,
  ) {
    this.#lines = createInterface({input});
    // Lines that come before they are asked for wait here.
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** @returns the line she types; empty when none comes any more */
  async ask(question: string): Promise<string> {
    this.output.write(question);
    const {value, done} = await this.#answers.next();
    if (done !== true) return value;
    this.output.write('\n');
    return '';
  }

  close(): void {
    this.#lines.close();
  }
}
