const started = Date.now();

export const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** One line of progress with the seconds since the command was given. */
export function progress(text: string): void {
  tell(`[${((Date.now() - started) / 1_000).toFixed(1).padStart(6)} s] ${text}`);
}
