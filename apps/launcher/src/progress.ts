import {startedAtMs} from './config.js';

/** One line of progress with the seconds since the command was given. */
export function progress(text: string): void {
  console.log(`[${((Date.now() - startedAtMs) / 1_000).toFixed(1).padStart(6)} s] ${text}`);
}

export const secondsSince = (start: number): string => `${((Date.now() - start) / 1_000).toFixed(1)} s`;

/** Runs `work` and says every 15 s that it still does. */
export async function withHeartbeat<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const timer = setInterval(() => {
    progress(`… ${what} (${secondsSince(start)})`);
  }, 15_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

export interface Column {
  title: string;
  right?: boolean;
}

/** A table in plain text, columns as wide as their widest cell. */
export function table(columns: Column[], rows: string[][]): string {
  const widths = columns.map((c, i) => Math.max(c.title.length, ...rows.map((r) => (r[i] ?? '').length)));
  const line = (cells: string[]) =>
    columns
      .map((c, i) =>
        c.right === true ? (cells[i] ?? '').padStart(widths[i] ?? 0) : (cells[i] ?? '').padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(columns.map((c) => c.title)), ...rows.map(line)].join('\n');
}
