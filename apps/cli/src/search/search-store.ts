import {closeSync, openSync, readSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {inflatedStreams} from './inflated-streams.js';
import type {Needle} from './needles.js';

/** Where a needle was found. `at` is an offset in the file, or in the inflated stream. */
export interface Hit {
  file: string;
  form: Needle['form'];
  inflated: boolean;
  at: number;
}

export interface StoreSearch {
  files: number;
  bytes: number;
  hits: Hit[];
}

const CHUNK_BYTES = 4 * 1024 * 1024;
/** Longer than any needle and than the frame of a record, so that nothing hides at the seam of two chunks. */
const OVERLAP_BYTES = 80 * 1024;

/** Looks for the needles in every file below the paths (files or directories), as they are and inflated. */
export function searchStore(paths: readonly string[], needles: readonly Needle[]): StoreSearch {
  const search: StoreSearch = {files: 0, bytes: 0, hits: []};
  for (const file of paths.flatMap(filesBelow)) searchFile(file, needles, search);
  return search;
}

/** Hits of the needles in one piece of memory. */
export function searchBytes(bytes: Buffer, needles: readonly Needle[]): Omit<Hit, 'file'>[] {
  const hits = find(bytes, needles, false);
  for (const inflated of inflatedStreams(bytes)) hits.push(...find(inflated, needles, true));
  return hits;
}

function find(bytes: Buffer, needles: readonly Needle[], inflated: boolean): Omit<Hit, 'file'>[] {
  return needles.flatMap(({form, bytes: needle}) => {
    const at = bytes.indexOf(needle);
    return at < 0 ? [] : [{form, inflated, at}];
  });
}

function searchFile(file: string, needles: readonly Needle[], into: StoreSearch): void {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return; // sockets, and files that a running engine removed meanwhile
  }
  try {
    into.files++;
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0, read = CHUNK_BYTES; read === CHUNK_BYTES; at += CHUNK_BYTES - OVERLAP_BYTES) {
      read = readSync(handle, buffer, 0, CHUNK_BYTES, at);
      const chunk = withoutHoles(buffer.subarray(0, read));
      into.bytes += read;
      if (chunk.length > 0) into.hits.push(...searchBytes(chunk, needles).map((hit) => ({...hit, file, at: hit.at + (hit.inflated ? 0 : at)})));
    }
  } finally {
    closeSync(handle);
  }
}

// Engines preallocate: a chunk of nothing but zeros needs no inflating.
function withoutHoles(chunk: Buffer): Buffer {
  return chunk.length > 0 && chunk[0] === 0 && chunk.subarray(1).equals(chunk.subarray(0, -1)) ? chunk.subarray(0, 0) : chunk;
}

function filesBelow(path: string): string[] {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (!stats) return [];
  if (stats.isFile()) return [path];
  if (!stats.isDirectory()) return [];
  return readdirSync(path, {withFileTypes: true}).flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : entry.isFile() ? [join(path, entry.name)] : []));
}
