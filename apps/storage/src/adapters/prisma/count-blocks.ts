import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {TakenBlock} from '../../application/ports.js';
import type {TakenNumber} from '../../domain/block-facts.js';
import {withSpent, withTaken} from '../../domain/entry-limits.js';
import type {Tokens} from '@vitalvault/ledger-state';
import type {BucketOwner, EntryParameters, NumberWindow} from '../../domain/entry-limits.js';
import type {RecordNumber} from '../../domain/record.js';
import type {Session} from './database.js';
import {bucketName, bucketsOf} from './entry-buckets.js';
import type {Prisma} from './gen/client.js';
import type {BucketKey} from './entry-buckets.js';
import {bytesOf} from './outbox-rows.js';

type Registration = Omit<RecordNumber, 'sequence'>;

interface Counting {
  readonly parameters: EntryParameters;
  readonly ownKeys: ReadonlySet<string>;
}

type Blocks = readonly TakenBlock[];

/** Keeps windows and buckets as the ledger has them after blocks: what it took, whoever anchored it, and removals. */
export async function countBlocks(session: Session, blocks: Blocks, counting: Counting): Promise<void> {
  await countWindows(
    session,
    blocks.flatMap(({facts}) => facts.taken),
  );
  await countTokens(session, blocks, counting);
  await keepRemovals(session, blocks);
}

const nameOf = ({device, registration}: Registration): string => `${device}/${String(registration)}`;

const columnsOf = (registrations: readonly Registration[]) =>
  [registrations.map(({device}) => device), registrations.map(({registration}) => BigInt(registration))] as const;

interface WindowRow {
  readonly device: string;
  readonly registration: bigint;
  readonly lowest_open: Prisma.Decimal;
  readonly taken: Uint8Array;
}

async function countWindows(session: Session, taken: readonly TakenNumber[]): Promise<void> {
  if (taken.length === 0) return;
  const named = new Map(taken.map((number) => [nameOf(number), number]));
  const [devices, registrations] = columnsOf([...named.values()]);
  const rows = await session.$queryRaw<WindowRow[]>`
    SELECT device, registration, lowest_open, taken FROM registrations
    NATURAL JOIN unnest(${devices}::text[], ${registrations}::bigint[]) AS wanted (device, registration)`;
  const windows = new Map<string, NumberWindow>(
    rows.map((row) => [
      nameOf({device: row.device, registration: Number(row.registration)}),
      {lowestOpen: fromDecimal(row.lowest_open), taken: row.taken},
    ]),
  );
  for (const number of taken) windows.set(nameOf(number), withTaken(windows.get(nameOf(number)), number.sequence));
  const after = [...named.keys()].map((name) => windows.get(name) as NumberWindow);
  await session.$executeRaw`
    INSERT INTO registrations (device, registration, lowest_open, taken)
    SELECT * FROM unnest(${devices}::text[], ${registrations}::bigint[], ${after.map(({lowestOpen}) => toDecimal(lowestOpen))}::text[]::numeric[], ${after.map((window) => bytesOf(window.taken))}::bytea[])
    ON CONFLICT (device, registration) DO UPDATE SET lowest_open = EXCLUDED.lowest_open, taken = EXCLUDED.taken`;
}

/** What a block takes out of each bucket. */
function spentIn({facts}: TakenBlock, ownKeys: ReadonlySet<string>): ReadonlyMap<string, BucketKey & {count: number}> {
  const spent = new Map<string, BucketKey & {count: number}>();
  const spend = (kind: BucketOwner, owner: string, count: number): void => {
    const key = {kind, owner};
    spent.set(bucketName(key), {...key, count: (spent.get(bucketName(key))?.count ?? 0) + count});
  };
  for (const {device, patient} of facts.taken) {
    spend('device', device, 1);
    spend('owner', patient, 1);
  }
  // Each entry is paid for, whatever became of it.
  for (const {signerKeyId, results} of facts.anchors)
    if (results.length > 0 && ownKeys.has(signerKeyId)) spend('organisation', '', results.length);
  return spent;
}

async function countTokens(session: Session, blocks: Blocks, {parameters, ownKeys}: Counting): Promise<void> {
  const spent = blocks.map((block) => ({time: block.at.blockTime, by: spentIn(block, ownKeys)}));
  const keys = [...new Map(spent.flatMap(({by}) => [...by])).values()];
  if (keys.length === 0) return;
  const buckets = new Map(await bucketsOf(session, keys));
  // Buckets fill up between the blocks.
  for (const {time, by} of spent)
    for (const [name, {kind, count}] of by)
      buckets.set(name, withSpent(buckets.get(name), {of: kind, count, parameters}, time));
  const after = keys.map((key) => buckets.get(bucketName(key)) as Tokens);
  await session.$executeRaw`
    INSERT INTO entry_buckets (kind, owner, tokens, time)
    SELECT * FROM unnest(${keys.map(({kind}) => kind)}::text[], ${keys.map(({owner}) => owner)}::text[], ${after.map(({tokens}) => tokens)}::bigint[], ${after.map(({time}) => time)}::bigint[])
    ON CONFLICT (kind, owner) DO UPDATE SET tokens = EXCLUDED.tokens, time = EXCLUDED.time`;
}

// A second removal only tightens the first: the grace runs from that one.
async function keepRemovals(session: Session, blocks: Blocks): Promise<void> {
  const removals = blocks.flatMap(({at, facts}) => facts.removals.map((removed) => ({...removed, at})));
  if (removals.length === 0) return;
  // Of several of one registration the first stays.
  const first = [...new Map(removals.toReversed().map((one) => [nameOf(one), one])).values()];
  const [devices, registrations] = columnsOf(first);
  const {lowestOpen, taken} = withTaken(undefined, 0n);
  await session.$executeRaw`
    INSERT INTO registrations (device, registration, lowest_open, taken, removed_at_height, removed_at_time)
    SELECT device, registration, ${toDecimal(lowestOpen)}::numeric, ${bytesOf(taken)}, height, time
    FROM unnest(${devices}::text[], ${registrations}::bigint[], ${first.map(({at}) => at.height)}::bigint[], ${first.map(({at}) => at.blockTime)}::bigint[])
      AS removed (device, registration, height, time)
    ON CONFLICT (device, registration) DO UPDATE SET
      removed_at_height = COALESCE(registrations.removed_at_height, EXCLUDED.removed_at_height),
      removed_at_time = COALESCE(registrations.removed_at_time, EXCLUDED.removed_at_time)`;
}
