/** The state directory cannot be used as it is. The message says what is wrong and what an operator can do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
