import {toJson} from '../answer.js';
import {writeSecretFile} from '../actor/key-file.js';
import {readPaper, requirePlaceFor} from '../exchange.js';

/** A reading in plain text, as the clinician's side keeps it. */
export interface PlainRate {
  unixSeconds: number;
  beatsPerMinute: number;
  note?: string;
}

/** Open mHealth data points of one record, as its device encoded them. */
export interface RecordPoints {
  recordId: string;
  schemaId: string;
  points: string[];
}

export function writePoints(path: string, records: readonly RecordPoints[]): void {
  requirePlaceFor('data-points', path);
  writeSecretFile(path, `${toJson({paper: 'data-points', records})}\n`);
}

export function readPoints(path: string): RecordPoints[] {
  return readPaper(path, 'data-points')['records'] as RecordPoints[];
}

/** Writes readings for their reader alone: this is plaintext. */
export function writeReadings(path: string, readings: readonly PlainRate[]): void {
  requirePlaceFor('readings', path);
  writeSecretFile(path, `${toJson({paper: 'readings', readings})}\n`);
}

export function readReadings(path: string): PlainRate[] {
  return readPaper(path, 'readings')['readings'] as PlainRate[];
}
