/** Something of a kind that is newer than this program: what follows from it, it cannot say. */
export class UnknownKind extends Error {
  override readonly name = 'UnknownKind';

  /** @param what a code or an algorithm with its number; nothing of anybody's */
  constructor(what: string) {
    super(`${what} is not known`);
  }
}
