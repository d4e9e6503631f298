import {bytesToHex, hexToBytes} from '@noble/hashes/utils.js';

/** Lower-case hexadecimal. */
export const toHex: (bytes: Uint8Array) => string = bytesToHex;

/** @throws Error when `text` is not an even number of hexadecimal digits. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return hexToBytes(text) as Uint8Array<ArrayBuffer>;
}
