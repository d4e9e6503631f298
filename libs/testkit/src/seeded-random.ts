import {sha256Of} from '@vitalvault/contracts';

/** Random bytes that are the same in every run: SHA-256 of seed and counter. For tests only. */
export function seededRandom(seed: string): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      out.set(
        sha256Of(new TextEncoder().encode(`${seed}/${String(counter++)}`)).subarray(0, Math.min(32, length - at)),
        at,
      );
    }
    return out;
  };
}
