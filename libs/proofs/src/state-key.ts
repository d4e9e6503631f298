import {taggedHashBy, sha256Of} from '@vitalvault/contracts';
import type {Sha256} from './sha256.js';

/**
 * Key of the state map: T("state", kind as one byte || for each part: length as uint32 big-endian || part); 32 bytes.
 * @spec docs/protocol.md §5.1
 */
export function stateKey(kind: number, parts: readonly Uint8Array[], sha256: Sha256 = sha256Of): Uint8Array {
  return taggedHashBy(sha256, 'state', encodeStateKey(kind, parts));
}

/** The bytes that `stateKey` hashes: kind and length-prefixed parts. Usable as an unambiguous name of a key. */
export function encodeStateKey(kind: number, parts: readonly Uint8Array[]): Uint8Array {
  let length = 1;
  for (const part of parts) length += 4 + part.length;
  const bytes = new Uint8Array(length);
  bytes[0] = kind;
  let at = 1;
  // Byte by byte: a key is short, and a DataView or `set` costs more than the whole of it.
  for (const part of parts) {
    const size = part.length;
    bytes[at++] = size >>> 24;
    bytes[at++] = size >>> 16;
    bytes[at++] = size >>> 8;
    bytes[at++] = size;
    for (let i = 0; i < size; i++) bytes[at++] = part[i] as number;
  }
  return bytes;
}

/** A number as a part of a key: 4 bytes, big-endian. */
export function numberPart(value: number): Uint8Array {
  const part = new Uint8Array(4);
  new DataView(part.buffer).setUint32(0, value);
  return part;
}
