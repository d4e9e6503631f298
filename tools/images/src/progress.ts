const started = Date.now();

/** One line of progress with the seconds since the command was given. */
export function progress(text: string): void {
  console.log(`[${((Date.now() - started) / 1_000).toFixed(1).padStart(6)} s] ${text}`);
}

export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
