/** Tells a story in numbered chapters and counts the sentences that held. */
export class Narrator {
  held = 0;
  failed = 0;
  #chapters = 0;

  constructor(private readonly say: (line: string) => void) {}

  chapter(title: string): void {
    this.#chapters += 1;
    this.say(`\n${String(this.#chapters).padStart(2)}  ${title}`);
  }

  tell(text: string): void {
    this.say(`    ${text}`);
  }

  /** A sentence that must hold. @param found what was found instead, told only when it does not */
  holds(sentence: string, holds: boolean, found?: string): void {
    if (holds) this.held += 1;
    else this.failed += 1;
    this.say(`    ${holds ? 'ok  ' : 'FAIL'} ${sentence}`);
    if (!holds && found !== undefined) this.say(`         found: ${found}`);
  }
}
