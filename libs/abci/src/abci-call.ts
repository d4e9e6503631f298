/**
 * A call that has its place in the ABCI grammar, as it is taken up; `connected`: CometBFT opened the first of its
 * connections, so that what follows is a start of it.
 */
export interface AbciCall {
  readonly method: string;
  /** Of the block that it concerns, where the request says one. */
  readonly height?: bigint;
}
