import {createLogger, runMigrations} from '@vitalvault/nest-service';
import {join} from 'node:path';
import {readDatabaseUrl} from './config.js';

const logger = createLogger({service: 'policy-migrate'});
try {
  await runMigrations({databaseUrl: readDatabaseUrl(), dir: join(import.meta.dirname, '../prisma/migrations'), logger});
} catch (error) {
  logger.error('migration failed', {error});
  process.exitCode = 1;
}
