import {isEncryptionKey, toHex} from '@vitalvault/contracts';

const P = 2n ** 255n - 19n;

/** What is no X25519 key of the protocol: of small order, above p, or with the highest bit. docs/protocol.md §1.5. */
const REFUSED = [
  0n,
  1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  P - 1n,
  P,
  P + 1n,
  P + 2n,
  P + 18n,
  2n ** 255n,
  2n ** 255n + 1n,
  2n ** 255n + 9n,
  2n ** 256n - 1n,
];
const TAKEN = [2n, 9n, P - 2n];

/** Keys that the ledger refuses, and some beside them that it takes; little-endian, hexadecimal. */
export function encryptionKeyVectors() {
  const keys = {refused: REFUSED.map(bytesOf), taken: TAKEN.map(bytesOf)};
  if (keys.refused.some(isEncryptionKey) || !keys.taken.every(isEncryptionKey))
    throw new Error('isEncryptionKey differs');
  return {refused: keys.refused.map(toHex), taken: keys.taken.map(toHex)};
}

function bytesOf(u: bigint): Uint8Array {
  return Uint8Array.from({length: 32}, (_, i) => Number((u >> BigInt(8 * i)) & 255n));
}
