import {decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import type {Cast} from './cast.js';

type Entry = ReturnType<Cast['record']>;

/**
 * Records without end, each with the signature of another: for a ledger that does not verify, because a million
 * signatures take longer than everything that is measured with them.
 */
export class UnsignedRecords {
  private readonly samples: {readonly entry: Entry; readonly header: RecordHeader}[];
  private made = 0;

  /** @param devices as many as there are patients in the cast */
  constructor(cast: Cast, devices: number) {
    this.samples = Array.from({length: devices}, () => {
      const entry = cast.record();
      if (entry.entry.case !== 'record') throw new Error('no record');
      return {entry, header: decodeCanonical(RecordHeaderSchema, entry.entry.value.header)};
    });
  }

  /** Of the next device in turn; its numbers rise from 1. */
  next(): Entry {
    const round = BigInt(Math.floor(this.made / this.samples.length)) + 1n;
    const {entry, header} = this.samples[this.made++ % this.samples.length] as (typeof this.samples)[number];
    if (entry.entry.case !== 'record') return entry;
    const bytes = encodeCanonical(RecordHeaderSchema, {...header, sequence: round, tagSequence: round});
    return {entry: {case: 'record', value: {...entry.entry.value, header: bytes}}};
  }
}
