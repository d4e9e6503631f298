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
  if (Math.abs(distance) >= bitmap.length * 8) return result;
  const bytes = distance >> 3;
  const bits = distance & 7;
  // A byte is made of the two that its bits come from.
  for (let to = 0; to < result.length; to++) {
    const high = bitmap[to - bytes] ?? 0;
    const low = bitmap[to - bytes - 1] ?? 0;
    result[to] = (high << bits) | (low >> (8 - bits));
  }
  return result;
}
