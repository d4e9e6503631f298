import {DomainError} from '@vitalvault/errors';
import type {ReadersRequest, ReleasableRecord, ReleaseStore} from '../../application/ports.js';
import type {DecidedRequest} from '../../domain/block-facts.js';
import type {PlaceInRelease} from '../../domain/place-in-release.js';
import type {Database} from './database.js';
import {Prisma} from './gen/client.js';
import {requestOf} from './request-row.js';

const ALL_TYPES = '0'.repeat(32);

/** What may be handed out. */
export class PrismaReleaseStore implements ReleaseStore {
  constructor(private readonly database: Database) {}

  async request(txId: string): Promise<ReadersRequest | undefined> {
    const row = await this.database.accessRequest.findUnique({where: {txId}, omit: {height: true}});
    if (row === null) return undefined;
    const signer = await this.database.readerKey.findUnique({where: {keyId: row.signerKeyId}});
    if (signer === null) throw new DomainError('internal', {detail: 'a request by a key that no block told of'});
    return {...requestOf(row), reader: signer.identity};
  }

  async releasable(request: DecidedRequest, from: PlaceInRelease, limit: number): Promise<ReleasableRecord[]> {
    const rows = await this.database.$queryRaw<ReleasableRow[]>(releasableRows(request, from, limit));
    return rows.map(({slot, logIndex, packRoot, traceparent, ...row}) => ({
      ...row,
      slot: Number(slot),
      logIndex: BigInt(logIndex),
      packRoot: packRoot ?? undefined,
      traceparent: traceparent ?? undefined,
    }));
  }
}

interface ReleasableRow extends Omit<ReleasableRecord, 'slot' | 'logIndex' | 'packRoot' | 'traceparent'> {
  readonly slot: bigint;
  readonly logIndex: string;
  readonly packRoot: string | null;
  readonly traceparent: string | null;
}

/**
 * What a decision speaks for, in the order of the one index that has it so: no statistics lead to another one. Of one
 * type, the type is in bounds and order too, for the index by hour cannot serve those. The state is written out: both
 * indexes are of anchored records alone.
 * @param from within the request: there is one lower bound, since PostgreSQL may begin an index at the wider of two
 */
export function releasableRows(request: DecidedRequest, from: PlaceInRelease, limit: number): Prisma.Sql {
  const {patient, typeTag, slotTo, recordLogSize} = request;
  const [slot, logIndex] = [BigInt(from.slot), Prisma.sql`${String(from.logIndex)}::numeric`];
  const {within, order} =
    typeTag === ALL_TYPES
      ? {
          within: Prisma.sql`(slot, log_index) >= (${slot}, ${logIndex}) AND slot <= ${BigInt(slotTo)}`,
          order: Prisma.sql`slot, log_index`,
        }
      : {
          within: Prisma.sql`(type_tag, slot, log_index) >= (${typeTag}, ${slot}, ${logIndex})
            AND (type_tag, slot) <= (${typeTag}, ${BigInt(slotTo)})`,
          order: Prisma.sql`type_tag, slot, log_index`,
        };
  return Prisma.sql`
    SELECT record_id AS "recordId", cid, pack_root AS "packRoot", patient, ciphertext_bytes AS "ciphertextBytes",
      header, ciphertext_hash AS "ciphertextHash", inner_key_hash AS "innerKeyHash", sealed_key_hash AS "sealedKeyHash",
      signature, slot, log_index::text AS "logIndex", traceparent, sealed_key AS "sealedKey",
      COALESCE(public_key, '') AS "deviceKey"
    FROM records JOIN sealed_keys USING (record_id) LEFT JOIN devices USING (device)
    WHERE state = 3 AND patient = ${patient} AND ${within} AND log_index < ${String(recordLogSize)}::numeric
    ORDER BY ${order} LIMIT ${limit}`;
}
