/** The state directory cannot be used as it is. The message says what is wrong and what an operator can do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  /** Something on disk is not what was written. @param what names the file, or the directory */
  static damaged(what: string, options?: ErrorOptions): StoreError {
    return new StoreError(
      `${what}; restore the state directory from a backup, or delete it and let CometBFT replay every block`,
      options,
    );
  }
}
