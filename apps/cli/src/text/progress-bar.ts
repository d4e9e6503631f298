const BAR_COLUMNS = 32;

/** A bar as one line: `[######..] 42/96 text`. */
export function barLine(done: number, total: number, text: string): string {
  const filled = total === 0 ? BAR_COLUMNS : Math.floor((done / total) * BAR_COLUMNS);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_COLUMNS - filled)}] ${String(done).padStart(String(total).length)}/${total} ${text}`;
}

/** Shows progress in one line on a terminal, and as a line at every quarter elsewhere. */
export class ProgressBar {
  private quarter = -1;

  constructor(private readonly out: {write: (text: string) => void; interactive: boolean; indent: string}) {}

  show(done: number, total: number, text: string): void {
    const line = this.out.indent + barLine(done, total, text);
    if (this.out.interactive) {
      this.out.write(`\r${line}\u001b[K${done === total ? '\n' : ''}`);
      return;
    }
    const quarter = total === 0 ? 4 : Math.floor((done / total) * 4);
    if (quarter > this.quarter && quarter > 0) this.out.write(`${line}\n`);
    this.quarter = Math.max(this.quarter, quarter);
  }
}
