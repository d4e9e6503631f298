/** Protobuf by hand, for vectors that must not be made by the code that they check. */

export {compareBytes, fromHex, toHex} from '@vitalvault/contracts';

export const concatenated = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

/** Length of what follows. */
export const length = (bytes: Uint8Array): Uint8Array => varint(BigInt(bytes.length));

/** A number as a field; 0 is left out. */
export const varintField = (field: number, value: bigint): Uint8Array =>
  value === 0n ? new Uint8Array() : concatenated(Uint8Array.of(field << 3), varint(value));

/** Bytes as a field; none are left out. */
export const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  value.length === 0 ? value : concatenated(Uint8Array.of((field << 3) | 2), length(value), value);
