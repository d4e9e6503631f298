import {LIMITS} from '@vitalvault/contracts';
import type {Reading} from '../open-mhealth/heart-rate.js';

/** Readings that go into one record: of one hour, 64 at the most. */
export interface ReadingBatch {
  slot: number;
  readings: Reading[];
}

/** Cuts readings, in their order of time, at every full hour and after 64. @spec docs/protocol.md §3.1 */
export function splitReadings(readings: readonly Reading[], limit: number = LIMITS.readingsPerRecord): ReadingBatch[] {
  const batches: ReadingBatch[] = [];
  for (const reading of readings.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const slot = Math.floor(reading.timeMs / (LIMITS.slotSeconds * 1000));
    const last = batches.at(-1);
    if (last?.slot === slot && last.readings.length < limit) last.readings.push(reading);
    else batches.push({slot, readings: [reading]});
  }
  return batches;
}
