import {STATE} from '../../domain/record.js';
import type {Session} from './database.js';
import {anchorRecords, anchorSkips, leavesOf} from './settle-entries.js';
import type {PlacedLeaf} from './settle-entries.js';

/** What transactions brought in of which nothing is here; what it is of may come later. */
export async function recogniseLeaves(session: Session, leaves: readonly PlacedLeaf[]): Promise<void> {
  if (leaves.length === 0) return;
  // What is just coming is either seen here, or sees the leaf.
  await session.$executeRaw`LOCK TABLE records, skips IN SHARE ROW EXCLUSIVE MODE`;
  await anchorRecords(session, leaves);
  await anchorSkips(session, leaves);
  await session.$executeRaw`
    INSERT INTO early_leaves (entry_id, height, tx_id, log_index)
    SELECT leaf.id, leaf.height, leaf.tx_id, leaf.log_index
    FROM ${leavesOf(leaves)}
    WHERE NOT EXISTS (SELECT FROM records WHERE record_id = leaf.id) AND NOT EXISTS (SELECT FROM skips WHERE skip_id = leaf.id)
    ON CONFLICT DO NOTHING`;
}

/** Skips that came after their leaf. */
export async function settleLateSkips(session: Session, skipIds: readonly string[]): Promise<void> {
  await session.$executeRaw`
    WITH leaf AS (DELETE FROM early_leaves WHERE entry_id = ANY(${[...skipIds]}) RETURNING *)
    UPDATE skips SET state = ${STATE.skipped}, height = leaf.height, tx_id = leaf.tx_id, log_index = leaf.log_index
    FROM leaf WHERE skip_id = leaf.entry_id`;
}
