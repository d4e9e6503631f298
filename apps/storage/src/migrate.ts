import {migrateDatabase} from '@vitalvault/postgres';
import {join} from 'node:path';
import {environment} from './config.js';

await migrateDatabase({
  service: 'storage',
  dir: join(import.meta.dirname, '..', 'prisma', 'migrations'),
  env: environment(),
});
