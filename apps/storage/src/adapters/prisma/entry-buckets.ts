import type {Tokens} from '@vitalvault/ledger-state';
import type {BucketOwner} from '../../domain/entry-limits.js';
import type {Session} from './database.js';

/** Whose bucket: a device's, an owner's or our organisation's. */
export interface BucketKey {
  readonly kind: BucketOwner;
  /** Hexadecimal; empty for our organisation. */
  readonly owner: string;
}

export const bucketName = ({kind, owner}: BucketKey): string => `${kind}/${owner}`;

/** Buckets as the blocks have left them, by `bucketName`; one that was never touched is missing. */
export async function bucketsOf(
  session: Pick<Session, '$queryRaw'>,
  keys: readonly BucketKey[],
): Promise<ReadonlyMap<string, Tokens>> {
  if (keys.length === 0) return new Map();
  const rows = await session.$queryRaw<(BucketKey & Tokens)[]>`
    SELECT kind, owner, tokens, time FROM entry_buckets
    NATURAL JOIN unnest(${keys.map(({kind}) => kind)}::text[], ${keys.map(({owner}) => owner)}::text[]) AS wanted (kind, owner)`;
  return new Map(rows.map((row) => [bucketName(row), {tokens: row.tokens, time: row.time}]));
}
