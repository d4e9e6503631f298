/**
 * Our ids as they are written: 12 bytes or more in hexadecimal, the CID of a block, 16 bytes or more in base64url. Of
 * the last, what has small and large letters and digits, or every long word would be one.
 */
const IDS = [
  /(?<![0-9a-z])[0-9a-f]{24,}(?![0-9a-z])/gi,
  /(?<![0-9a-z])(?:b[a-z2-7]{40,}|Qm[1-9A-HJ-NP-Za-km-z]{40,})/g,
  /(?<![\w+-])(?=[\w+-]*\d)(?=[\w+-]*[a-z])(?=[\w+-]*[A-Z])[\w+-]{22,}={0,2}/g,
];

/** A text with a dot in the place of each id: words of foreign errors carry what they were about. */
export const withoutIds = (text: string): string => IDS.reduce((left, id) => left.replace(id, '…'), text);
