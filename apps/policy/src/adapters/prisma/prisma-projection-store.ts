import {toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {sweepRows} from '@vitalvault/postgres';
import type {ChainPosition, ProjectionStore, ProjectionWriter} from '../../application/ports.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {Prisma} from './gen/client.js';
import {PrismaProjection} from './prisma-projection.js';
import {PrismaProjectionWriter} from './prisma-projection-writer.js';

/** The projection with the one way to change it. */
export class PrismaProjectionStore extends PrismaProjection implements ProjectionStore {
  constructor(private readonly database: Database) {
    super(database);
  }

  project(blocks: readonly ChainPosition[], effects: (writer: ProjectionWriter) => Promise<void>): Promise<boolean> {
    return inTransaction(this.database, async (session) => {
      if (!(await takeHeights(session, blocks))) return false;
      const writer = new PrismaProjectionWriter(session);
      await effects(writer);
      await writer.flush();
      return true;
    });
  }

  /** Forgets that blocks long before the newest were projected: those after them say so. */
  prune(_now: Date, most: number): Promise<number> {
    const over = Prisma.sql`height < (SELECT max(height) FROM blocks) - ${KEPT_BLOCKS}::bigint`;
    return sweepRows(this.database, {table: 'blocks', oldest: 'height', over}, most);
  }
}

/** Blocks whose height and time are kept: who projects the next one asks for the newest, and for the one before. */
const KEPT_BLOCKS = 1_000;

// The row of the first height is the lock: whoever else projects it waits here and then finds it taken. None of the
// others is written before it is ours, or they would stand there without their effects.
async function takeHeights(session: Session, [first, ...others]: readonly ChainPosition[]): Promise<boolean> {
  if (first === undefined) return false;
  const {height} = first;
  if ((await insertHeights(session, [first])) === 0) {
    if (others.length === 0) return false;
    throw new DomainError('behind', {detail: `Block ${height} was projected by another process.`});
  }
  if (height > 0n && (await session.block.findUnique({where: {height: height - 1n}})) === null)
    throw new DomainError('behind', {detail: `Block ${height - 1n} is not projected.`});
  if (others.length > 0 && (await insertHeights(session, others)) < others.length)
    throw new DomainError('behind', {detail: `Blocks above ${height} were projected by another process.`});
  return true;
}

/** @returns how many of them were not there */
const insertHeights = (session: Session, blocks: readonly ChainPosition[]): Promise<number> =>
  session.$executeRaw`
    INSERT INTO blocks (height, time_seconds, hash)
    SELECT height::bigint, seconds::bigint, decode(NULLIF(hash, ''), 'hex')
    FROM unnest(${blocks.map(({height}) => String(height))}::text[],
      ${blocks.map(({timeSeconds}) => String(timeSeconds))}::text[],
      ${blocks.map(({hash = new Uint8Array()}) => toHex(hash))}::text[]) AS given (height, seconds, hash)
    ORDER BY height::bigint
    ON CONFLICT DO NOTHING`;
