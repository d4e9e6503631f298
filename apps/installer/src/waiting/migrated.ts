import {pendingMigrations} from '@vitalvault/postgres';
import type {DatabaseSettings} from '@vitalvault/postgres';
import {join} from 'node:path';
import type {Awaited} from './wait-for.js';

const APPS = join(import.meta.dirname, '..', '..', '..');

/** The database of a service has every migration of this version of the service. */
export function migrated(service: string, database: DatabaseSettings): Awaited {
  return {
    name: `the database of ${service}`,
    fault: async () => {
      const open = await pendingMigrations({...database, dir: join(APPS, service, 'prisma', 'migrations')});
      return open.length === 0 ? undefined : `${String(open.length)} migrations are not applied yet`;
    },
  };
}
