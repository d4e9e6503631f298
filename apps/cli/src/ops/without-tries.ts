/** kubectl's log of its own tries to find out what the cluster has; why they failed follows in words. */
const OF_A_TRY = /^E\d{4} .*\bmemcache\.go:\d+\]/;

/** Hands on what kubectl complains of as it comes, also questions that end no line, without its log of each try. */
export class WithoutTries {
  #held = '';

  constructor(private readonly write: (text: string) => void) {}

  add(part: string): void {
    const lines = `${this.#held}${part}`.split('\n');
    this.#held = lines.pop() ?? '';
    for (const line of lines) if (!OF_A_TRY.test(line)) this.write(`${line}\n`);
    // Such a line begins with an E: all else need not be held until it ends.
    if (!this.#held.startsWith('E')) this.end();
  }

  end(): void {
    if (this.#held !== '' && !OF_A_TRY.test(this.#held)) this.write(this.#held);
    this.#held = '';
  }
}
