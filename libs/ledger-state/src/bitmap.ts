/** Bits of the windows: bit i is bit (i mod 8) of byte (i div 8), least significant first. Immutable helpers. */
export function emptyBitmap(bits: number): Uint8Array {
  return new Uint8Array(bits >> 3);
}

export function bitAt(bitmap: Uint8Array, index: number): boolean {
  return (((bitmap[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

export function withBit(bitmap: Uint8Array, index: number): Uint8Array {
  const copy = bitmap.slice();
  copy[index >> 3] = (copy[index >> 3] ?? 0) | (1 << (index & 7));
  return copy;
}

/** Every bit moves from i to i + distance; what passes the end is forgotten. A negative distance moves them down. */
export function shifted(bitmap: Uint8Array, distance: number): Uint8Array {
  const result = new Uint8Array(bitmap.length);
  const bits = bitmap.length * 8;
  for (let to = Math.max(0, distance); to < Math.min(bits, bits + distance); to++) {
    if (bitAt(bitmap, to - distance)) result[to >> 3] = (result[to >> 3] ?? 0) | (1 << (to & 7));
  }
  return result;
}
