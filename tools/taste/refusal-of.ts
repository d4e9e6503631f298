/**
 * Why something was refused: the error's code, for a transaction the name of the ledger's code.
 * @returns undefined when it was not refused
 * @throws what is no refusal of ours
 */
export async function refusalOf(attempt: () => unknown): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    const {code, meta} = error as {code?: unknown; meta?: {codeName?: unknown}};
    if (typeof code !== 'string') throw error;
    return typeof meta?.codeName === 'string' ? meta.codeName : code;
  }
}
