/** Something that whoever plays the story can mend. */
export class StoryError extends Error {
  override readonly name = 'StoryError';
  /** What she can do. */
  readonly remedy: string;

  constructor(message: string, {remedy, cause}: {remedy: string; cause?: unknown}) {
    super(message, {cause});
    this.remedy = remedy;
  }
}
