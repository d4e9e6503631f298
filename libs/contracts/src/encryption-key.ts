const P_MINUS_2 = (1n << 255n) - 21n;
/** u-coordinates of order 8; those of order 1, 2 and 4, on the curve and its twist, are 0, 1 and p − 1. */
const ORDER_8 = new Set([
  0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
]);

/**
 * Whether bytes are an X25519 public key that something can be sealed to: 32 bytes, little-endian, below
 * p = 2^255 − 19 and of no small order. RFC 7748 masks the highest bit and reduces what is above p; here a key has one
 * encoding, so that two keys that look different are different.
 * @spec docs/protocol.md §1.5; RFC 7748 §5, §6.1
 */
export function isEncryptionKey(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const u = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return u >= 2n && u <= P_MINUS_2 && !ORDER_8.has(u);
}
