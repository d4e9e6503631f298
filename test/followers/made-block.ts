/** A block as followers get it: verified, with the result of each transaction. */
export interface MadeBlock {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly txs: readonly Uint8Array[];
  readonly results: readonly {readonly code: number; readonly data: Uint8Array}[];
}
