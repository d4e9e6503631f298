import {MigrationError, pendingMigrations} from '@vitalvault/postgres';
import type {DatabaseSettings} from '@vitalvault/postgres';
import {join} from 'node:path';
import {InstallerError} from '../installer-error.js';
import type {Awaited} from './wait-for.js';

const APPS = join(import.meta.dirname, '..', '..', '..');

/**
 * The database of a service has every migration of this version of the service. One that this version cannot run on is
 * not waited for.
 */
export function migrated(service: string, database: DatabaseSettings): Awaited {
  const dir = join(APPS, service, 'prisma', 'migrations');
  return {
    name: `the database of ${service}`,
    fault: async () => {
      try {
        const open = await pendingMigrations({...database, dir});
        return open.length === 0 ? undefined : `${String(open.length)} migrations are not applied yet`;
      } catch (error) {
        if (!(error instanceof MigrationError)) throw error;
        throw new InstallerError(`The database of ${service} cannot be used: ${error.message}.`, {cause: error});
      }
    },
  };
}
