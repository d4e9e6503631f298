import {TOPICS} from '@vitalvault/contracts';
import {runDeadLetters} from '@vitalvault/kafka-bus';
import {topicStores} from '@vitalvault/postgres';
import {openDatabase} from './adapters/prisma/database.js';
import {environment} from './config.js';

await runDeadLetters({
  service: 'storage',
  topics: [TOPICS.recordsAccepted],
  args: process.argv.slice(2),
  env: environment(),
  open: (settings) => topicStores(openDatabase(settings)),
});
