/** Bytes that are not the canonical encoding of a message of the expected type (docs/protocol.md §1.2). */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}
