import {decodeCanonical} from '@vitalvault/contracts';
import {GrantSchema, MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Grant, Member} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {ExpectedReads, GrantPlace, Id} from '../../application/ports.js';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';
import type {Session} from './database.js';

/** What is stored of what was asked for, by its place; of a grant, the newest version. */
export interface StoredBefore {
  readonly outcomes: ReadonlyMap<Id, TransactionOutcome>;
  readonly members: ReadonlyMap<Id, {id: Id; value: Member}>;
  readonly grants: ReadonlyMap<string, Grant>;
  readonly reads: ReadonlyMap<string, GrantPlace & {reads: bigint}>;
}

interface OutcomeRow extends Omit<TransactionOutcome, 'code'> {
  readonly code: bigint;
}

/** Reads it with one statement for each table. */
export async function storedOf(session: Session, asked: ExpectedReads): Promise<StoredBefore> {
  const [patients, grantIds] = [asked.grants.map(({patient}) => patient), asked.grants.map(({grantId}) => grantId)];
  const outcomes = await session.$queryRaw<OutcomeRow[]>`
    SELECT tx_id AS "txId", tx_hash AS "txHash", height, tx_index AS index, code, data
    FROM transactions WHERE tx_id = ANY(${[...asked.transactions]}::text[])`;
  const members = await session.$queryRaw<{id: Id; value: Uint8Array}[]>`
    SELECT id, value FROM members WHERE id = ANY(${[...asked.members]}::text[])`;
  const grants = await session.$queryRaw<(GrantPlace & {value: Uint8Array})[]>`
    SELECT asked.patient, asked.grant_id AS "grantId", newest.value
    FROM unnest(${patients}::text[], ${grantIds}::text[]) AS asked (patient, grant_id)
    CROSS JOIN LATERAL (
      SELECT value FROM grants WHERE grants.patient = asked.patient AND grants.grant_id = asked.grant_id
      ORDER BY height DESC, tx_index DESC LIMIT 1) AS newest`;
  const reads = await session.$queryRaw<(GrantPlace & {reads: string})[]>`
    SELECT patient, grant_id AS "grantId", reads::text AS reads
    FROM reads_used JOIN unnest(${patients}::text[], ${grantIds}::text[]) AS asked (patient, grant_id)
      USING (patient, grant_id)`;
  return {
    outcomes: new Map(outcomes.map((row) => [row.txId, {...row, code: Number(row.code)}])),
    members: new Map(members.map(({id, value}) => [id, {id, value: decodeCanonical(MemberSchema, value)}])),
    grants: new Map(grants.map((row) => [placeOf(row), decodeCanonical(GrantSchema, row.value)])),
    reads: new Map(reads.map((row) => [placeOf(row), {...row, reads: BigInt(row.reads)}])),
  };
}

/** Names a grant of a patient. */
export const placeOf = ({patient, grantId}: GrantPlace): string => `${patient}/${grantId}`;
