import {STATE} from '../../domain/record.js';
import type {AcceptedSkip, RecordNumber} from '../../domain/record.js';
import type {Session} from './database.js';
import {bytesOf} from './outbox-rows.js';

export const pickNumber = ({device, registration, sequence}: RecordNumber): RecordNumber => ({
  device,
  registration,
  sequence,
});
const keyOf = ({device, registration, sequence}: RecordNumber): string =>
  `${device}/${String(registration)}/${String(sequence)}`;

/** Those of `records` whose number was not given up. */
export async function withoutGivenUp<R extends RecordNumber>(session: Session, records: readonly R[]): Promise<R[]> {
  if (records.length === 0) return [];
  const {devices, registrations, sequences} = columnsOf(records);
  const skips = await session.$queryRaw<RecordNumber[]>`
    SELECT device, registration, sequence FROM skips NATURAL JOIN unnest(${devices}::text[], ${registrations}::int[], ${sequences}::bigint[]) AS wanted (device, registration, sequence)
    WHERE state <> ${STATE.refused}`;
  const givenUp = new Set(skips.map(keyOf));
  return records.filter((record) => !givenUp.has(keyOf(record)));
}

/** Takes skips of numbers that have no record, or one that was refused. @returns how many are new */
export async function takeSkips(session: Session, skips: readonly AcceptedSkip[]): Promise<number> {
  if (skips.length === 0) return 0;
  const {devices, registrations, sequences} = columnsOf(skips);
  const living = await session.$queryRaw<RecordNumber[]>`
    SELECT device, registration, sequence FROM records NATURAL JOIN unnest(${devices}::text[], ${registrations}::int[], ${sequences}::bigint[]) AS wanted (device, registration, sequence)
    WHERE state <> ${STATE.refused}`;
  const taken = new Set(living.map(keyOf));
  const {count} = await session.skip.createMany({
    skipDuplicates: true,
    data: skips
      .filter((skip) => !taken.has(keyOf(skip)))
      .map(({skip, signature, traceparent, ...row}) => ({
        ...row,
        skip: bytesOf(skip),
        signature: bytesOf(signature),
        traceparent: traceparent ?? null,
      })),
  });
  return count;
}

const columnsOf = (numbers: readonly RecordNumber[]) => ({
  devices: numbers.map(({device}) => device),
  registrations: numbers.map(({registration}) => registration),
  sequences: numbers.map(({sequence}) => sequence),
});
