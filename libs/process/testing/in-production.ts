/** Runs `run` where what may not be told is left out, as with patients, and does not fail. */
export function inProduction<T>(run: () => T): T {
  const marked = globalThis as unknown as {vvUntoldThrows?: boolean};
  delete marked.vvUntoldThrows;
  try {
    return run();
  } finally {
    marked.vvUntoldThrows = true;
  }
}
