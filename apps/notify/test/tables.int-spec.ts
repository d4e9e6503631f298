import {expect, it} from '@jest/globals';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines, tablesOfDatabase, tablesOfModels} from '@vitalvault/testkit';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

it('every table after the migrations is as its model says', async () => {
  const engines = await startEngines({only: ['postgres']});
  try {
    const databaseUrl = engines.databaseUrl('vv_notify');
    const prisma = join(import.meta.dirname, '../prisma');
    await runMigrations({databaseUrl, dir: join(prisma, 'migrations')});
    expect(await tablesOfDatabase(databaseUrl)).toEqual(
      tablesOfModels(readFileSync(join(prisma, 'schema.prisma'), 'utf8')),
    );
  } finally {
    await engines.stop();
  }
});
