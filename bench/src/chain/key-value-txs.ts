/** Transactions of the kvstore, `key=value`, no two alike. */
export class KeyValueTxs {
  private count = 0;

  /** @param bytes of the transaction in all */
  next(bytes: number): Uint8Array {
    const key = `key${String(++this.count).padStart(9, '0')}`;
    return Buffer.from(`${key}=${'v'.repeat(bytes - key.length - 1)}`);
  }
}
