/**
 * Our ids as they are written: the CID of a block, 16 bytes or more in base64url, 12 bytes or more in hexadecimal. Of
 * base64url, what has small and large letters and digits, or every long word would be one. Hexadecimal counts wherever
 * it stands, also behind `\x`, `0x` or letters; so do bytes one by one, as they are printed.
 */
const IDS = [
  /(?<![0-9a-z])(?:b[a-z2-7]{40,}|Qm[1-9A-HJ-NP-Za-km-z]{40,})/g,
  /(?<![\w+-])(?=[\w+-]*\d)(?=[\w+-]*[a-z])(?=[\w+-]*[A-Z])[\w+-]{22,}={0,2}/g,
  /[0-9a-f]{24,}/gi,
  /<Buffer[^>]*>?/g,
  // Two digits of hexadecimal each.
  /(?:[0-9a-f]{2}[\s,:%\\-]{1,3}(?:0?x)?){11,}[0-9a-f]{2}/gi,
  // Numbers: a list, or the JSON of an array of bytes.
  /(?:\d{1,3}\s*,\s*){11,}\d{1,3}/g,
  /(?:"\d+":\d{1,3},?){12,}/g,
];

/** A text with a dot in the place of each id: words of foreign errors carry what they were about. */
export const withoutIds = (text: string): string => IDS.reduce((left, id) => left.replace(id, '…'), text);
