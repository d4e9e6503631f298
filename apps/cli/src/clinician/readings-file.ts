import {toJson} from '../answer.js';
import {writeSecretFile} from '../actor/key-file.js';
import {readPaper} from '../exchange.js';

/** A reading in plain text, as the clinician's side keeps it. */
export interface PlainRate {
  unixSeconds: number;
  beatsPerMinute: number;
  note?: string;
}

/** Writes readings for their reader alone: this is plaintext. */
export function writeReadings(path: string, readings: readonly PlainRate[]): void {
  writeSecretFile(path, `${toJson({paper: 'readings', readings})}\n`);
}

export function readReadings(path: string): PlainRate[] {
  return readPaper(path, 'readings')['readings'] as PlainRate[];
}
