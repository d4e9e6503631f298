import {runPositions} from '@vitalvault/kafka-bus';
import {topicStores} from '@vitalvault/postgres';
import {openDatabase} from './adapters/prisma/database.js';
import {environment} from './config.js';

await runPositions({
  service: 'storage',
  args: process.argv.slice(2),
  env: environment(),
  open: (settings) => topicStores(openDatabase(settings)),
});
