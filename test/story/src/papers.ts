import {readFileSync, writeFileSync} from 'node:fs';
import type {StoredKey} from '@vitalvault/sdk';
import {StoryFailed} from './narrator.js';

/** A reading in plain text, as the clinician's `vv` writes it. */
export interface PlainRate {
  unixSeconds: number;
  beatsPerMinute: number;
}

/** Open mHealth data points of one record. */
export interface RecordPoints {
  recordId: string;
  schemaId: string;
  points: string[];
}

/** A file that an actor's `vv` wrote. Whoever plays trusts her actors: its shape is not checked. */
export function readPaper(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** A file as another actor's `vv` would have written it. */
export function writePaper(path: string, kind: string, content: Record<string, unknown>): void {
  writeFileSync(path, `${JSON.stringify({paper: kind, ...content})}\n`);
}

export const readReadings = (path: string): PlainRate[] => readPaper(path)['readings'] as PlainRate[];
export const readPoints = (path: string): RecordPoints[] => readPaper(path)['records'] as RecordPoints[];

/** A key file of an office. Its text is in no error: what cannot be parsed may be the key. */
export function readSigningKey(path: string): StoredKey {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as StoredKey;
  } catch {
    throw new StoryFailed(`${path} holds no signing key`);
  }
}
