/**
 * What the ledger gave does not fit what was projected before: one of the two has a bug. Stops the follower, loses
 * nothing.
 */
export class ProjectionFault extends Error {
  override readonly name = 'ProjectionFault';
}
