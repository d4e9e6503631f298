/** Something that the administrator must know or do; the message says what. */
export class InstallerError extends Error {
  override readonly name = 'InstallerError';
}
