import {sha256Of} from '@vitalvault/contracts';
import type {RandomBytes} from '../src/signing.js';

/** Deterministic bytes for tests and vectors: SHA-256(seed || counter) blocks. Never for keys in use. */
export function seededRandom(seed: string): RandomBytes {
  const prefix = new TextEncoder().encode(seed);
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = new Uint8Array(prefix.length + 4);
      block.set(prefix);
      new DataView(block.buffer).setUint32(prefix.length, counter++);
      out.set(sha256Of(block).subarray(0, length - at), at);
    }
    return out;
  };
}
