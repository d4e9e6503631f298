import {closeSync, openSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {readAt} from './durable-file.js';
import type {LeafPlace} from './leaf-places.js';
import {Segment} from './segment.js';
import {StoreError} from './store-error.js';

/** Open at the same time: a proof's leaves lie in few of them. */
const MOST_OPEN = 16;

/** The changelogs of a directory as what leaves are read from: however many there are, few are open. */
export class ChangelogFiles {
  /** Least recently read first. */
  private readonly open = new Map<number, number>();

  constructor(private readonly dir: string) {}

  /** The bytes at a place; whether they are the leaf, its hash tells. @throws StoreError when there are none */
  read({segment, offset, length}: LeafPlace): Uint8Array {
    try {
      return readAt(this.fdOf(segment), offset, length);
    } catch (cause) {
      throw StoreError.damaged(`${this.pathOf(segment)} cannot be read at byte ${offset}`, {cause});
    }
  }

  /** @throws StoreError when a changelog has not the bytes up to `end` */
  check(segment: number, end: number): void {
    const size = statSync(this.pathOf(segment), {throwIfNoEntry: false})?.size;
    if (size === undefined) throw StoreError.damaged(`the changelog ${this.pathOf(segment)} is missing`);
    if (size < end) throw StoreError.damaged(`${this.pathOf(segment)} has ${size} bytes and leaves up to byte ${end}`);
  }

  pathOf(segment: number): string {
    return join(this.dir, Segment.nameOf(segment));
  }

  get openFiles(): number {
    return this.open.size;
  }

  close(): void {
    for (const fd of this.open.values()) closeSync(fd);
    this.open.clear();
  }

  private fdOf(segment: number): number {
    const fd = this.open.get(segment) ?? openSync(this.pathOf(segment), 'r');
    this.open.delete(segment);
    this.open.set(segment, fd);
    const [oldest] = this.open;
    if (this.open.size > MOST_OPEN && oldest !== undefined) {
      this.open.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    return fd;
  }
}
