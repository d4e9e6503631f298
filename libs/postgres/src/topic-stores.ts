import {DeadLetterStore} from './dead-letter-store.js';
import {OffsetStore} from './offset-store.js';
import type {Transactions} from './prisma-database.js';
import type {SqlSession} from './sql-session.js';

/** What a person sees and decides of a service's topics, for a program that ends: it closes the database itself. */
export const topicStores = (database: SqlSession & Transactions<SqlSession> & {$disconnect(): Promise<void>}) => ({
  letters: new DeadLetterStore(database),
  offsets: new OffsetStore(database),
  close: () => database.$disconnect(),
});
