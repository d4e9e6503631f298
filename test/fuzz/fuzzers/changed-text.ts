import type {Next} from '../fuzzer.js';

const SOME = '0123456789ABCDEFabcdef+/="{}[]:,-.TZ';

/** JSON text with a character changed, a piece cut out, or one doubled. */
export function changedText(text: string, next: Next): string {
  const at = next(text.length);
  const some = SOME.charAt(next(SOME.length));
  switch (next(3)) {
    case 0:
      return text.slice(0, at) + some + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + next(8));
    default:
      return text.slice(0, at) + text.slice(Math.max(0, at - next(40)));
  }
}
