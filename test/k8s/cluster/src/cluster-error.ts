/** A failure that the user can do something about; its message is all that is printed. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
