import {ConfigError, createLogger} from '@vitalvault/process';
import {readDatabaseSettings} from './read-database-settings.js';
import {runMigrations} from './run-migrations.js';

/**
 * The migration of a service as a process of its own: takes the database's settings from `env` and no others; exit code
 * 1 when it fails.
 */
export async function migrateDatabase({
  service,
  dir,
  env,
}: {
  service: string;
  dir: string;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<void> {
  const logger = createLogger({service: `${service}-migrate`});
  try {
    const applied = await runMigrations({...readDatabaseSettings(env), dir, logger});
    logger.info('database is up to date', {count: applied.length});
  } catch (error) {
    if (error instanceof ConfigError) for (const fault of error.faults) logger.error(`configuration: ${fault}`);
    else logger.error('migration failed', {error});
    process.exitCode = 1;
  }
}
