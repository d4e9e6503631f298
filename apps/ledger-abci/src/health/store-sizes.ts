import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {heightOfSnapshot} from '../store/snapshot.js';
import {Segment} from '../store/segment.js';

const FILES_AT_ONCE = 16;

/** Bytes of the files of a state directory, by what they are. A changelog that is not the newest grows no more. */
export function storeSizes(dir: string): () => Promise<{changelogs: number; snapshots: number}> {
  const known = new Map<string, number>();
  const sizeOf = async (name: string): Promise<number> => {
    const found = known.get(name);
    if (found !== undefined) return found;
    // It may be gone meanwhile: snapshots take one another's place.
    const bytes = await stat(join(dir, name)).then(
      ({size}) => size,
      () => 0,
    );
    known.set(name, bytes);
    return bytes;
  };
  const sumOf = async (names: readonly string[]): Promise<number> => {
    let sum = 0;
    for (let i = 0; i < names.length; i += FILES_AT_ONCE)
      for (const bytes of await Promise.all(names.slice(i, i + FILES_AT_ONCE).map(sizeOf))) sum += bytes;
    return sum;
  };
  return async () => {
    const names = (await readdir(dir)).sort();
    const changelogs = names.filter((name) => Segment.firstOf(name) !== undefined);
    known.delete(changelogs.at(-1) ?? '');
    const sizes = {
      changelogs: await sumOf(changelogs),
      snapshots: await sumOf(names.filter((name) => heightOfSnapshot(name) !== undefined)),
    };
    known.delete(changelogs.at(-1) ?? '');
    return sizes;
  };
}
