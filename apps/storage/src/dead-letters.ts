import {runDeadLetters} from '@vitalvault/kafka-bus';
import {DeadLetterStore, OffsetStore} from '@vitalvault/postgres';
import {openDatabase} from './adapters/prisma/database.js';
import {environment} from './config.js';

await runDeadLetters({
  service: 'storage',
  args: process.argv.slice(2),
  env: environment(),
  open: (settings) => {
    const database = openDatabase(settings);
    const [letters, offsets] = [new DeadLetterStore(database), new OffsetStore(database)];
    return {letters, offsets, close: () => database.$disconnect()};
  },
});
