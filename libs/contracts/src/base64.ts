import {base64Decode, base64Encode} from '@bufbuild/protobuf/wire';

type Alphabet = 'std' | 'url';

/**
 * Bytes of base64 with padding (RFC 4648 §4), of which each byte string has one text.
 * @throws Error for blanks, a missing pad, the other alphabet, and bits left over that are not zero.
 * @spec docs/protocol.md §1.2
 */
export function fromBase64(text: string): Uint8Array {
  return decoded(text, 'std');
}

/** Bytes of base64url without padding (RFC 4648 §5). @throws Error as `fromBase64` */
export function fromBase64Url(text: string): Uint8Array {
  return decoded(text, 'url');
}

// The decoder below passes over blanks and takes both alphabets at once, so the way back decides.
function decoded(text: string, alphabet: Alphabet): Uint8Array {
  const bytes = base64Decode(text);
  if (base64Encode(bytes, alphabet) !== text) throw new Error('not base64');
  return bytes;
}
