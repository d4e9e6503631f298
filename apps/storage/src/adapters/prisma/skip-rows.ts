import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import {STATE} from '../../domain/record.js';
import type {AcceptedSkip, RecordNumber} from '../../domain/record.js';
import type {Session} from './database.js';
import type {Skip} from './gen/client.js';
import {bytesOf} from './outbox-rows.js';

/** A number as the columns of every table hold it. */
export const numberRow = ({device, registration, sequence}: RecordNumber) => ({
  device,
  registration: BigInt(registration),
  sequence: toDecimal(sequence),
});
export const numberOf = ({device, registration, sequence}: NumberRow): RecordNumber => ({
  device,
  registration: Number(registration),
  sequence: fromDecimal(sequence),
});
const keyOf = ({device, registration, sequence}: RecordNumber): string =>
  `${device}/${String(registration)}/${String(sequence)}`;

type NumberRow = Pick<Skip, 'device' | 'registration' | 'sequence'>;

/** Those of `records` whose number was not given up. */
export async function withoutGivenUp<R extends RecordNumber>(session: Session, records: readonly R[]): Promise<R[]> {
  if (records.length === 0) return [];
  const {devices, registrations, sequences} = columnsOf(records);
  const skips = await session.$queryRaw<NumberRow[]>`
    SELECT device, registration, sequence FROM skips NATURAL JOIN unnest(${devices}::text[], ${registrations}::bigint[], ${sequences}::text[]::numeric[]) AS wanted (device, registration, sequence)
    WHERE state <> ${STATE.refused}`;
  const givenUp = new Set(skips.map((skip) => keyOf(numberOf(skip))));
  return records.filter((record) => !givenUp.has(keyOf(record)));
}

/** Takes skips of numbers that have no record, or one that was refused. @returns how many are new */
export async function takeSkips(session: Session, skips: readonly AcceptedSkip[]): Promise<number> {
  if (skips.length === 0) return 0;
  const {devices, registrations, sequences} = columnsOf(skips);
  const living = await session.$queryRaw<NumberRow[]>`
    SELECT device, registration, sequence FROM records NATURAL JOIN unnest(${devices}::text[], ${registrations}::bigint[], ${sequences}::text[]::numeric[]) AS wanted (device, registration, sequence)
    WHERE state <> ${STATE.refused}`;
  const taken = new Set(living.map((row) => keyOf(numberOf(row))));
  const {count} = await session.skip.createMany({
    skipDuplicates: true,
    data: skips
      .filter((skip) => !taken.has(keyOf(skip)))
      .map(({skipId, patient, skip, signature, traceparent, ...number}) => ({
        skipId,
        patient,
        ...numberRow(number),
        skip: bytesOf(skip),
        signature: bytesOf(signature),
        traceparent: traceparent ?? null,
      })),
  });
  return count;
}

/** Numbers as arrays, one a column. */
export const columnsOf = (numbers: readonly RecordNumber[]) => ({
  devices: numbers.map(({device}) => device),
  registrations: numbers.map(({registration}) => BigInt(registration)),
  sequences: numbers.map(({sequence}) => toDecimal(sequence)),
});
