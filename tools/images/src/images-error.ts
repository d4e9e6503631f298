/** A failure that the user can do something about; its message is all that is printed. */
export class ImagesError extends Error {
  override readonly name = 'ImagesError';
}
