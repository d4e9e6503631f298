import {eventually} from '@vitalvault/testkit';
import {connect, createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {inTransaction, openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {startStorageDatabase} from './support/storage-database.js';
import type {StorageDatabase} from './support/storage-database.js';

/** Passes everything on, until what is open vanishes: no byte and no FIN more, either way. */
async function wayTo(port: number) {
  const sockets: Socket[] = [];
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    vanish: (): void => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: (): void => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('a process that vanishes within a transaction', () => {
  let started: StorageDatabase;
  let way: Awaited<ReturnType<typeof wayTo>>;
  let vanishing: Database;

  beforeAll(async () => {
    started = await startStorageDatabase();
    const url = new URL(started.databaseUrl);
    way = await wayTo(Number(url.port));
    url.port = String(way.port);
    vanishing = openDatabase({databaseUrl: url.href});
  });

  afterAll(async () => {
    way.close();
    await vanishing.$disconnect().catch(() => undefined);
    await started.close();
  });

  it('holds rows for seconds, and not for hours', async () => {
    const {database} = started;
    await database.$executeRaw`INSERT INTO quota_levels (kind, owner, thousandths, at_ms) VALUES ('owner', 'p', 1, 1)`;
    const held = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<undefined>();
    const lost = inTransaction(vanishing, async (session) => {
      await session.$executeRaw`UPDATE quota_levels SET thousandths = 2`;
      held.resolve(undefined);
      await ended.promise;
    }).catch((error: unknown) => error);
    await held.promise;
    way.vanish();
    await eventually(() => database.$executeRaw`UPDATE quota_levels SET thousandths = 3`, 15_000);
    expect(await database.$queryRaw`SELECT thousandths::int FROM quota_levels`).toEqual([{thousandths: 3}]);
    ended.resolve(undefined);
    way.close();
    expect(await lost).toMatchObject({code: 'database-unavailable'});
  }, 60_000);
});
