import {fromDecimal, toDecimal, toHex} from '@vitalvault/contracts';
import {STATE} from '../../domain/record.js';
import type {AcceptedSkip, RecordNumber} from '../../domain/record.js';
import type {Session} from './database.js';
import {settleLateSkips} from './early-leaves.js';
import type {Skip} from './gen/client.js';

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

/**
 * Takes skips of numbers that have none, or one that was refused. One of a number with a record is kept for the case
 * that the ledger refuses the record.
 * @returns how many can be sent now
 */
export async function takeSkips(session: Session, skips: readonly AcceptedSkip[]): Promise<number> {
  if (skips.length === 0) return 0;
  // Of two of one number the first.
  const once = [...new Map(skips.toReversed().map((skip) => [keyOf(skip), skip])).values()].toReversed();
  const living = await livingRecords(session, once);
  const texts = (of: (skip: AcceptedSkip) => string): string[] => once.map(of);
  const {devices, registrations, sequences} = columnsOf(once);
  const states = once.map((skip) => (living.has(keyOf(skip)) ? STATE.accepted : STATE.stored));
  const taken = await session.$queryRaw<{state: number}[]>`
    INSERT INTO skips (skip_id, patient, device, registration, sequence, skip, signature, traceparent, state)
    SELECT skip_id, patient, device, registration, sequence, decode(skip, 'hex'), decode(signature, 'hex'), NULLIF(traceparent, ''), state
    FROM unnest(
      ${texts(({skipId}) => skipId)}::text[], ${texts(({patient}) => patient)}::text[], ${devices}::text[],
      ${registrations}::bigint[], ${sequences}::text[]::numeric[], ${texts(({skip}) => toHex(skip))}::text[],
      ${texts(({signature}) => toHex(signature))}::text[], ${texts(({traceparent}) => traceparent ?? '')}::text[], ${states}::smallint[]
    ) AS given (skip_id, patient, device, registration, sequence, skip, signature, traceparent, state)
    ON CONFLICT (device, registration, sequence) DO UPDATE
      SET skip_id = EXCLUDED.skip_id, skip = EXCLUDED.skip, signature = EXCLUDED.signature, traceparent = EXCLUDED.traceparent,
        state = EXCLUDED.state, anchor_tx = NULL, anchor_attempts = 0, retry_at_ms = 0, height = NULL, tx_id = NULL, refusal_code = NULL
      WHERE skips.state = ${STATE.refused}
    RETURNING state`;
  await settleLateSkips(
    session,
    texts(({skipId}) => skipId),
  );
  return taken.filter(({state}) => state === STATE.stored).length;
}

// Locked, so that none is refused between this look and the skip that would have counted then.
async function livingRecords(session: Session, numbers: readonly RecordNumber[]): Promise<ReadonlySet<string>> {
  const {devices, registrations, sequences} = columnsOf(numbers);
  const rows = await session.$queryRaw<NumberRow[]>`
    SELECT device, registration, sequence FROM records
    NATURAL JOIN unnest(${devices}::text[], ${registrations}::bigint[], ${sequences}::text[]::numeric[]) AS wanted (device, registration, sequence)
    WHERE state <> ${STATE.refused} FOR SHARE OF records`;
  return new Set(rows.map((row) => keyOf(numberOf(row))));
}

/** Numbers as arrays, one a column. */
export const columnsOf = (numbers: readonly RecordNumber[]) => ({
  devices: numbers.map(({device}) => device),
  registrations: numbers.map(({registration}) => BigInt(registration)),
  sequences: numbers.map(({sequence}) => toDecimal(sequence)),
});
