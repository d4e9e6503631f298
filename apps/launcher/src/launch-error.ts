/** A failure that the user can do something about; its message is all that is printed. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** The system's code of an error (ENOENT, ENOSPC, …). */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
