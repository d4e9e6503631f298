import {toHex} from '@vitalvault/contracts';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';

/** A record that was opened and found whole. */
export interface OpenedReadings {
  recordId: string;
  header: RecordHeader;
  schemaId: string;
  /** JSON text of the data points. */
  readings: string[];
  logIndex: bigint;
}

export type FindingKind =
  | 'gap'
  | 'wrong-record'
  | 'wrong-owner'
  | 'no-epoch-key'
  | 'inner-key'
  | 'ciphertext'
  | 'signature'
  | 'decryption'
  | 'payload'
  | 'schema'
  | 'slot'
  | 'count';

/** Something that does not fit: told to the reader, and to the patient as an alert. */
export interface Finding {
  kind: FindingKind;
  /** Hexadecimal; absent for a gap. */
  recordId?: string;
  /** No value of a reading. */
  detail: string;
}

/**
 * Numbers missing between records of one device, registration and tag: left out, or given up by the device itself.
 * @paper CA-18; docs/protocol.md §3.1
 */
export function gapsOf(headers: RecordHeader[]): Finding[] {
  const runs = new Map<string, bigint[]>();
  for (const {device, registration, typeTag, tagSequence} of headers) {
    const run = `${toHex(device)}/${registration}/${toHex(typeTag)}`;
    runs.set(run, [...(runs.get(run) ?? []), tagSequence]);
  }
  return [...runs].flatMap(([run, numbers]) => {
    const sorted = numbers.toSorted((a, b) => Number(a - b));
    return sorted.flatMap((number, i) => {
      const before = sorted[i - 1];
      if (before === undefined || number === before + 1n) return [];
      const [device = ''] = run.split('/');
      const detail =
        number === before
          ? `number ${number} of device ${device} twice`
          : `numbers ${before + 1n} to ${number - 1n} of device ${device} are missing`;
      return [{kind: 'gap', detail} satisfies Finding];
    });
  });
}
