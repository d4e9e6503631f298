import {createLogger, loadConfig, runMigrations} from '@vitalvault/nest-service';
import {join} from 'node:path';
import {environment, migrateConfig} from './config.js';

const logger = createLogger({service: 'storage-migrate'});
try {
  const {databaseUrl} = loadConfig(migrateConfig, {VITALVAULT_DATABASE_URL: environment()['VITALVAULT_DATABASE_URL']});
  const applied = await runMigrations({databaseUrl, dir: join(import.meta.dirname, '..', 'prisma', 'migrations'), logger});
  logger.info('database is up to date', {count: applied.length});
} catch (error) {
  logger.error('migration failed', {error});
  process.exitCode = 1;
}
