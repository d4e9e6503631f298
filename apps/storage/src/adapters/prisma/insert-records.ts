import {tableOf} from '@vitalvault/postgres';
import type {Columns} from '@vitalvault/postgres';
import {STATE} from '../../domain/record.js';
import type {AcceptedRecord} from '../../domain/record.js';
import type {Session} from './database.js';

const GIVEN: Columns<AcceptedRecord> = {
  record_id: ['text', ({recordId}) => recordId],
  device: ['text', ({device}) => device],
  registration: ['bigint', ({registration}) => registration],
  sequence: ['numeric', ({sequence}) => sequence],
  patient: ['text', ({patient}) => patient],
  type_tag: ['text', ({typeTag}) => typeTag],
  slot: ['bigint', ({slot}) => slot],
  header: ['bytea', ({header}) => header],
  ciphertext_hash: ['bytea', ({ciphertextHash}) => ciphertextHash],
  inner_key_hash: ['bytea', ({innerKeyHash}) => innerKeyHash],
  sealed_key_hash: ['bytea', ({sealedKeyHash}) => sealedKeyHash],
  signature: ['bytea', ({signature}) => signature],
  receipt: ['bytea', ({receipt}) => receipt],
  accepted_at_ms: ['numeric', ({acceptedAtMs}) => acceptedAtMs],
  cid: ['text', ({cid}) => cid],
  traceparent: ['text?', ({traceparent}) => traceparent],
  ciphertext: ['bytea', ({ciphertext}) => ciphertext],
  sealed_key: ['bytea', ({sealedKey}) => sealedKey],
};

/**
 * Records into their three tables by one statement; not one whose number another one has or that was given up.
 * @returns ids of those that are new
 */
export async function insertRecords(
  session: Session,
  records: readonly AcceptedRecord[],
): Promise<ReadonlySet<string>> {
  // Of the same record twice the first.
  const once = [...new Map(records.toReversed().map((record) => [record.recordId, record])).values()].toReversed();
  if (once.length === 0) return new Set();
  const taken = await session.$queryRaw<{record_id: string}[]>`
    WITH given AS MATERIALIZED (
      SELECT * FROM ${tableOf(GIVEN, once)} AS given
    ), taken AS (
      INSERT INTO records (record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash,
        ciphertext_bytes, inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, cid, traceparent, state, height, tx_id, log_index)
      SELECT record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash,
        length(ciphertext), inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, cid, traceparent,
        CASE WHEN leaf.entry_id IS NULL THEN ${STATE.accepted} ELSE ${STATE.anchored} END::smallint, leaf.height, leaf.tx_id, leaf.log_index
      FROM given LEFT JOIN early_leaves AS leaf ON leaf.entry_id = given.record_id
      WHERE NOT EXISTS (
        SELECT FROM skips WHERE skips.device = given.device AND skips.registration = given.registration
          AND skips.sequence = given.sequence AND skips.state <> ${STATE.refused}
      )
      ORDER BY place
      ON CONFLICT DO NOTHING
      RETURNING record_id
    ), come AS (
      DELETE FROM early_leaves USING taken WHERE entry_id = taken.record_id
    ), waiting AS (
      INSERT INTO waiting_ciphertexts (record_id, patient, turn, ciphertext)
      SELECT record_id, patient, behind + row_number() OVER (PARTITION BY patient ORDER BY place), ciphertext
      FROM taken JOIN given USING (record_id) JOIN (
        SELECT patient, GREATEST(
          (SELECT max(turn) FROM waiting_ciphertexts AS hers WHERE hers.patient = owner.patient AND pack_root IS NULL),
          (SELECT min(turn) - 1 FROM waiting_ciphertexts WHERE pack_root IS NULL), 0
        ) AS behind FROM (SELECT DISTINCT patient FROM given) AS owner
      ) AS turns USING (patient) ORDER BY place
    ), sealed AS (
      INSERT INTO sealed_keys (record_id, sealed_key)
      SELECT record_id, sealed_key FROM taken JOIN given USING (record_id)
    )
    SELECT record_id FROM taken`;
  return new Set(taken.map(({record_id: id}) => id));
}
