/** What was found of one part of a system. */
export interface Finding {
  /** For people: `policy`, `validator 2`, `pod vv-vitalvault-kafka-0`. */
  readonly part: string;
  /** `degraded`: it works, and something of it does not, or soon will not. */
  readonly state: 'ok' | 'degraded' | 'broken';
  readonly what: string;
  /** What to do; not with `ok`. */
  readonly remedy?: string;
}

export const ok = (part: string, what: string): Finding => ({part, state: 'ok', what});
export const degraded = (part: string, what: string, remedy: string): Finding => ({
  part,
  state: 'degraded',
  what,
  remedy,
});
export const broken = (part: string, what: string, remedy: string): Finding => ({part, state: 'broken', what, remedy});

/** What a look at a part found; one that fails is a finding itself. */
export async function looked(
  part: string,
  remedy: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [broken(part, wordsOf(error), remedy)];
  }
}

function wordsOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const {name, message, cause} = error as Partial<Error>;
  if (name === 'TimeoutError') return 'no answer in time';
  // fetch says "fetch failed", and why in its cause.
  const why = (cause ?? error) as {code?: unknown; message?: string};
  return typeof why.code === 'string' && why.code !== '' ? why.code : (why.message ?? message ?? 'it failed');
}
