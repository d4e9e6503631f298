import {DomainError} from '@vitalvault/errors';
import type {ChainPosition, ProjectionStore, ProjectionWriter} from '../../application/ports.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {PrismaProjection} from './prisma-projection.js';
import {PrismaProjectionWriter} from './prisma-projection-writer.js';

/** The projection with the one way to change it. */
export class PrismaProjectionStore extends PrismaProjection implements ProjectionStore {
  constructor(private readonly database: Database) {
    super(database);
  }

  project(
    {height, timeSeconds}: ChainPosition,
    effects: (writer: ProjectionWriter) => Promise<void>,
  ): Promise<boolean> {
    return inTransaction(this.database, async (session) => {
      if (!(await takeHeight(session, {height, timeSeconds}))) return false;
      const writer = new PrismaProjectionWriter(session);
      await effects(writer);
      await writer.flush();
      return true;
    });
  }
}

// The row of the height is the lock: whoever else projects the same block waits here and then finds it taken.
async function takeHeight(session: Session, block: ChainPosition): Promise<boolean> {
  const {count} = await session.block.createMany({data: [{...block}], skipDuplicates: true});
  if (count === 0) return false;
  if (block.height > 0n && (await session.block.findUnique({where: {height: block.height - 1n}})) === null) {
    throw new DomainError('behind', {detail: `Block ${block.height - 1n} is not projected.`});
  }
  return true;
}
