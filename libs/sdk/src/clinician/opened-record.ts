import {toHex} from '@vitalvault/contracts';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {readingIdentity} from '../open-mhealth/reading-identity.js';

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
  /** Hexadecimal; absent where it is of no single record. */
  recordId?: string;
  /** No value of a reading. */
  detail: string;
}

/** Numbers of one device, registration and tag that no opened record has, though there are some before and after. */
export interface Gap {
  /** Hexadecimal. */
  device: string;
  registration: number;
  from: bigint;
  to: bigint;
}

/**
 * What the numbers of records tell. A gap is no finding: numbers run in the order of sealing, so those that are missing
 * may be of hours that nobody asked for, of records anchored after the permit, or given up by the device. A number that
 * two records have is one.
 * @paper CA-18; docs/protocol.md §7
 */
export function numbersOf(headers: readonly RecordHeader[]): {gaps: Gap[]; findings: Finding[]} {
  const runs = Map.groupBy(
    headers,
    ({device, registration, typeTag}) => `${toHex(device)}/${registration}/${toHex(typeTag)}`,
  );
  const gaps: Gap[] = [];
  const findings: Finding[] = [];
  for (const run of runs.values()) {
    const sorted = run.toSorted((a, b) => (a.tagSequence < b.tagSequence ? -1 : 1));
    sorted.forEach(({tagSequence, device, registration}, i) => {
      const before = sorted[i - 1]?.tagSequence;
      if (before === undefined || tagSequence === before + 1n) return;
      const name = toHex(device);
      if (tagSequence === before) findings.push({kind: 'gap', detail: `number ${tagSequence} of device ${name} twice`});
      else gaps.push({device: name, registration, from: before + 1n, to: tagSequence - 1n});
    });
  }
  return {gaps, findings};
}

/** Each measurement of a device once, and how many copies were left out. */
export function withoutCopies(records: readonly OpenedReadings[]): {records: OpenedReadings[]; copies: number} {
  const seen = new Set<string>();
  let copies = 0;
  const kept = records.map((record) => {
    const device = toHex(record.header.device);
    const readings = record.readings.filter((text) => {
      const name = `${device}/${readingIdentity(text)}`;
      const isCopy = seen.has(name);
      if (isCopy) copies += 1;
      seen.add(name);
      return !isCopy;
    });
    return {...record, readings};
  });
  return {records: kept, copies};
}
