/** Something that the administrator must know or do; the message says what. */
export class InstallerError extends Error {
  override readonly name: string = 'InstallerError';
}

/** Keys are made, and the consortium has the next word: no second try changes that. */
export class GenesisAwaited extends InstallerError {
  override readonly name = 'GenesisAwaited';
}
