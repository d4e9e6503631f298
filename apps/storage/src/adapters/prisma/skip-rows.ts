import {tableOf} from '@vitalvault/postgres';
import type {Columns} from '@vitalvault/postgres';
import {STATE} from '../../domain/record.js';
import type {AcceptedSkip, RecordNumber} from '../../domain/record.js';
import type {Session} from './database.js';
import {settleLateSkips} from './early-leaves.js';
import {NUMBER, numberOf} from './number-columns.js';
import type {NumberRow} from './number-columns.js';

const keyOf = ({device, registration, sequence}: RecordNumber): string =>
  `${device}/${String(registration)}/${String(sequence)}`;

const GIVEN: Columns<AcceptedSkip & {readonly state: number}> = {
  skip_id: ['text', ({skipId}) => skipId],
  patient: ['text', ({patient}) => patient],
  ...NUMBER,
  skip: ['bytea', ({skip}) => skip],
  signature: ['bytea', ({signature}) => signature],
  traceparent: ['text?', ({traceparent}) => traceparent],
  state: ['smallint', ({state}) => state],
};

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
  const given = once.map((skip) => ({...skip, state: living.has(keyOf(skip)) ? STATE.accepted : STATE.stored}));
  const taken = await session.$queryRaw<{state: number}[]>`
    INSERT INTO skips (skip_id, patient, device, registration, sequence, skip, signature, traceparent, state)
    SELECT skip_id, patient, device, registration, sequence, skip, signature, traceparent, state
    FROM ${tableOf(GIVEN, given)} AS given ORDER BY place
    ON CONFLICT (device, registration, sequence) DO UPDATE
      SET skip_id = EXCLUDED.skip_id, skip = EXCLUDED.skip, signature = EXCLUDED.signature, traceparent = EXCLUDED.traceparent,
        state = EXCLUDED.state, anchor_tx = NULL, anchor_attempts = 0, retry_at_ms = 0, height = NULL, tx_id = NULL, refusal_code = NULL
      WHERE skips.state = ${STATE.refused}
    RETURNING state`;
  await settleLateSkips(
    session,
    once.map(({skipId}) => skipId),
  );
  return taken.filter(({state}) => state === STATE.stored).length;
}

// Locked, so that none is refused between this look and the skip that would have counted then.
async function livingRecords(session: Session, numbers: readonly RecordNumber[]): Promise<ReadonlySet<string>> {
  const rows = await session.$queryRaw<NumberRow[]>`
    SELECT device, registration, sequence FROM records JOIN ${tableOf(NUMBER, numbers)} AS wanted USING (device, registration, sequence)
    WHERE state <> ${STATE.refused} FOR SHARE OF records`;
  return new Set(rows.map((row) => keyOf(numberOf(row))));
}
