import {toDecimal, toHex} from '@vitalvault/contracts';
import {STATE} from '../../domain/record.js';
import type {AcceptedRecord} from '../../domain/record.js';
import type {Session} from './database.js';

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
  const texts = (of: (record: AcceptedRecord) => string): string[] => once.map(of);
  // As text, because a driver's arrays of bytes are not to be relied on.
  const bytes = (of: (record: AcceptedRecord) => Uint8Array): string[] => once.map((record) => toHex(of(record)));
  const taken = await session.$queryRaw<{record_id: string}[]>`
    WITH given AS MATERIALIZED (
      SELECT * FROM unnest(
        ${texts(({recordId}) => recordId)}::text[], ${texts(({device}) => device)}::text[],
        ${once.map(({registration}) => BigInt(registration))}::bigint[], ${texts(({sequence}) => toDecimal(sequence))}::text[]::numeric[],
        ${texts(({patient}) => patient)}::text[], ${texts(({typeTag}) => typeTag)}::text[], ${once.map(({slot}) => BigInt(slot))}::bigint[],
        ${bytes(({header}) => header)}::text[], ${bytes(({ciphertextHash}) => ciphertextHash)}::text[],
        ${bytes(({innerKeyHash}) => innerKeyHash)}::text[], ${bytes(({sealedKeyHash}) => sealedKeyHash)}::text[],
        ${bytes(({signature}) => signature)}::text[], ${bytes(({receipt}) => receipt)}::text[],
        ${texts(({acceptedAtMs}) => toDecimal(acceptedAtMs))}::text[]::numeric[], ${texts(({cid}) => cid)}::text[],
        ${texts(({traceparent}) => traceparent ?? '')}::text[],
        ${bytes(({ciphertext}) => ciphertext)}::text[], ${bytes(({sealedKey}) => sealedKey)}::text[]
      ) WITH ORDINALITY AS given (record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash,
        inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, cid, traceparent, ciphertext, sealed_key, place)
    ), taken AS (
      INSERT INTO records (record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash,
        ciphertext_bytes, inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, cid, traceparent, state, height, tx_id, log_index)
      SELECT record_id, device, registration, sequence, patient, type_tag, slot, decode(header, 'hex'), decode(ciphertext_hash, 'hex'),
        length(ciphertext) / 2, decode(inner_key_hash, 'hex'), decode(sealed_key_hash, 'hex'), decode(signature, 'hex'),
        decode(receipt, 'hex'), accepted_at_ms, cid, NULLIF(traceparent, ''),
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
      SELECT record_id, patient, behind + row_number() OVER (PARTITION BY patient ORDER BY place), decode(ciphertext, 'hex')
      FROM taken JOIN given USING (record_id) JOIN (
        SELECT patient, GREATEST(
          (SELECT max(turn) FROM waiting_ciphertexts AS hers WHERE hers.patient = owner.patient AND pack_root IS NULL),
          (SELECT min(turn) - 1 FROM waiting_ciphertexts WHERE pack_root IS NULL), 0
        ) AS behind FROM (SELECT DISTINCT patient FROM given) AS owner
      ) AS turns USING (patient) ORDER BY place
    ), sealed AS (
      INSERT INTO sealed_keys (record_id, sealed_key)
      SELECT record_id, decode(sealed_key, 'hex') FROM taken JOIN given USING (record_id)
    )
    SELECT record_id FROM taken`;
  return new Set(taken.map(({record_id: id}) => id));
}
