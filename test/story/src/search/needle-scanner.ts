import type {Needle} from './needles.js';

const BLOCK_BYTES = 2;
const TABLE_SIZE = 65_536;

/**
 * Looks for many byte strings in one pass (Wu and Manber 1994, blocks of two bytes): most bytes are jumped over, so the
 * number of needles hardly matters.
 */
export class NeedleScanner {
  /** Length of the shortest needle: the window that is slid along. */
  private readonly window: number;
  private readonly shifts: Uint8Array;
  private readonly ending = new Map<number, number[]>();

  constructor(private readonly needles: readonly Needle[]) {
    this.window = Math.min(255, ...needles.map(({bytes}) => bytes.length));
    if (this.window < BLOCK_BYTES) throw new RangeError('a needle has two bytes at the least');
    this.shifts = new Uint8Array(TABLE_SIZE).fill(this.window - BLOCK_BYTES + 1);
    needles.forEach(({bytes}, index) => {
      this.enter(bytes, index);
    });
  }

  /** Place of the first occurrence of each needle that occurs, by its index. */
  find(bytes: Uint8Array): Map<number, number> {
    const found = new Map<number, number>();
    for (let end = this.window - 1; end < bytes.length;) {
      const block = ((bytes[end - 1] as number) << 8) | (bytes[end] as number);
      const shift = this.shifts[block] as number;
      if (shift > 0) {
        end += shift;
        continue;
      }
      const start = end - this.window + 1;
      for (const index of this.ending.get(block) ?? []) {
        if (!found.has(index) && this.matches(bytes, start, index)) found.set(index, start);
      }
      end++;
    }
    return found;
  }

  private enter(needle: Uint8Array, index: number): void {
    for (let end = BLOCK_BYTES - 1; end < this.window; end++) {
      const block = ((needle[end - 1] as number) << 8) | (needle[end] as number);
      const shift = this.window - 1 - end;
      this.shifts[block] = Math.min(this.shifts[block] as number, shift);
      if (shift === 0) this.ending.set(block, [...(this.ending.get(block) ?? []), index]);
    }
  }

  private matches(bytes: Uint8Array, start: number, index: number): boolean {
    const needle = (this.needles[index] as Needle).bytes;
    if (start + needle.length > bytes.length) return false;
    for (let i = 0; i < needle.length; i++) if (bytes[start + i] !== needle[i]) return false;
    return true;
  }
}
