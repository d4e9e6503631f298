import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {openDatabase} from '../../src/adapters/prisma/database.js';
import type {Database} from '../../src/adapters/prisma/database.js';

export interface StorageDatabase {
  readonly databaseUrl: string;
  readonly database: Database;
  close(): Promise<void>;
}

/** storage's database with its migrations, on a PostgreSQL of its own. */
export async function startStorageDatabase(): Promise<StorageDatabase> {
  const engines = await startEngines({only: ['postgres']});
  const databaseUrl = engines.databaseUrl('vv_storage');
  await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../../prisma/migrations')});
  const database = openDatabase({databaseUrl});
  const close = async (): Promise<void> => {
    await database.$disconnect();
    await engines.stop();
  };
  return {databaseUrl, database, close};
}
