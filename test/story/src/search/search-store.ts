import {closeSync, openSync, readSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {inflatedStreams} from './inflated-streams.js';
import {NeedleScanner} from './needle-scanner.js';
import type {Needle} from './needles.js';

/** Where a needle was found. `at` is an offset in the file, or in the inflated stream. */
export interface Hit {
  file: string;
  of: Needle['of'];
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
  const look = lookingFor(needles);
  for (const file of paths.flatMap(filesBelow)) searchFile(file, look, search);
  return search;
}

/** Hits of the needles in one piece of memory. */
export function searchBytes(bytes: Buffer, needles: readonly Needle[]): Omit<Hit, 'file'>[] {
  return lookingFor(needles).in(bytes);
}

interface Look {
  in: (bytes: Buffer) => Omit<Hit, 'file'>[];
  /** One for all files: there are thousands of small ones. */
  buffer: Buffer;
}

function lookingFor(needles: readonly Needle[]): Look {
  const scanner = new NeedleScanner(needles);
  const find = (bytes: Buffer, inflated: boolean) =>
    [...scanner.find(bytes)].map(([index, at]) => {
      const {of, form} = needles[index] as Needle;
      return {of, form, inflated, at};
    });
  const look = (bytes: Buffer) => {
    const hits = find(bytes, false);
    for (const stream of inflatedStreams(bytes)) hits.push(...find(stream, true));
    return hits;
  };
  return {in: look, buffer: Buffer.allocUnsafe(CHUNK_BYTES)};
}

function searchFile(file: string, look: Look, into: StoreSearch): void {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return; // sockets, and files that a running engine removed meanwhile
  }
  try {
    into.files++;
    for (let at = 0, read = CHUNK_BYTES; read === CHUNK_BYTES; at += CHUNK_BYTES - OVERLAP_BYTES) {
      read = readSync(handle, look.buffer, 0, CHUNK_BYTES, at);
      const chunk = withoutHoles(look.buffer.subarray(0, read));
      into.bytes += read;
      if (chunk.length > 0)
        into.hits.push(...look.in(chunk).map((hit) => ({...hit, file, at: hit.at + (hit.inflated ? 0 : at)})));
    }
  } finally {
    closeSync(handle);
  }
}

// Engines preallocate: a chunk of nothing but zeros needs no inflating.
function withoutHoles(chunk: Buffer): Buffer {
  return chunk.length > 0 && chunk[0] === 0 && chunk.subarray(1).equals(chunk.subarray(0, -1))
    ? chunk.subarray(0, 0)
    : chunk;
}

function filesBelow(path: string): string[] {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (!stats) return [];
  if (stats.isFile()) return [path];
  if (!stats.isDirectory()) return [];
  return readdirSync(path, {withFileTypes: true}).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(path, entry.name)) : entry.isFile() ? [join(path, entry.name)] : [],
  );
}
