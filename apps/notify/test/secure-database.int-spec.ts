import {createHttpService} from '@vitalvault/http';
import {createLogger, startMetrics} from '@vitalvault/process';
import type {HttpService} from '@vitalvault/http';
import type {DatabaseSettings} from '@vitalvault/postgres';
import {RunningProcess, eventually, metricValues, startEngines, testCertificates} from '@vitalvault/testkit';
import type {Engines, TestCertificates} from '@vitalvault/testkit';
import {Module} from '@nestjs/common';
import {chown, copyFile, chmod, readFile, stat, writeFile} from 'node:fs/promises';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';

const NO_TLS = 'no TLS with it: its certificate is not trusted for that host name, or it offers none';
const PASSWORD = 'p@ss/%:?#word';
const metrics = startMetrics({service: 'spec'});

@Module({})
class NothingModule {}

/** PostgreSQL as a hospital has it: TLS with its own authority, passwords with SCRAM, nothing in the clear. */
describe('a database that asks for TLS and a password', () => {
  let engines: Engines;
  let certificates: TestCertificates;
  let foreign: TestCertificates;
  let service: HttpService;
  const file = (name: string, text: string): string => {
    writeFileSync(join(engines.data, name), text, {mode: 0o600});
    return join(engines.data, name);
  };
  const settings = (given: Partial<DatabaseSettings> = {}): DatabaseSettings => {
    const url = new URL(engines.databaseUrl('vv_notify'));
    url.username = 'vv_tls';
    return {
      databaseUrl: url.href,
      databasePasswordFile: file('password', `${PASSWORD}\n`),
      databaseCaFile: certificates.ca,
      ...given,
    };
  };

  async function secure(): Promise<void> {
    const client = new pg.Client({connectionString: engines.databaseUrl('vv_notify')});
    await client.connect();
    const {
      rows: [place],
    } = await client.query<{data: string; hba: string}>(
      "SELECT current_setting('data_directory') AS data, current_setting('hba_file') AS hba",
    );
    if (place === undefined) throw new Error('no data directory');
    const {uid, gid} = await stat(place.data);
    for (const [from, name] of [
      [certificates.certificate, 'server.crt'],
      [certificates.key, 'server.key'],
    ] as const) {
      await copyFile(from, join(place.data, name));
      await chown(join(place.data, name), uid, gid);
      await chmod(join(place.data, name), 0o600);
    }
    await writeFile(
      place.hba,
      `hostssl all vv_tls all scram-sha-256\nhost all vv_tls all reject\n${await readFile(place.hba, 'utf8')}`,
    );
    await client.query(`CREATE ROLE vv_tls LOGIN PASSWORD '${PASSWORD}'`);
    await client.query('GRANT ALL ON SCHEMA public TO vv_tls');
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    await client.end();
  }

  const migrate = async (given: DatabaseSettings): Promise<{code: number | null; output: string}> => {
    const {databaseUrl, databasePasswordFile, databaseCaFile} = given;
    const env = {
      PATH: process.env['PATH'] ?? '',
      VITALVAULT_DATABASE_URL: databaseUrl,
      ...(databasePasswordFile === undefined ? {} : {VITALVAULT_DATABASE_PASSWORD_FILE: databasePasswordFile}),
      ...(databaseCaFile === undefined ? {} : {VITALVAULT_DATABASE_CA_FILE: databaseCaFile}),
    };
    const child = new RunningProcess({
      command: process.execPath,
      args: [join(import.meta.dirname, '..', 'dist', 'migrate.js')],
      env,
    });
    return {code: await child.ended, output: child.output};
  };

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    certificates = await testCertificates(join(engines.data, 'certificates'));
    foreign = await testCertificates(join(engines.data, 'foreign'));
    await secure();
    service = await createHttpService({
      module: NothingModule,
      logger: createLogger({service: 'spec', level: 'error'}),
      host: '127.0.0.1',
      httpPort: 0,
    });
    await service.listen();
  });

  afterAll(async () => {
    await service.close();
    await engines.stop();
    await metrics.shutdown();
  });

  it('migrates and works over TLS, with the password of the file', async () => {
    await eventually(async () => expect(await migrate(settings())).toMatchObject({code: 0}), 20_000);
    const database = openDatabase(settings());
    expect(await database.$queryRaw`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`).toEqual([{ssl: true}]);
    const ends = await metricValues(metrics, 'vitalvault_certificate_remaining_seconds');
    expect(Object.keys(ends)).toEqual(['database authority', 'database server']);
    await database.$disconnect();
  });

  it.each<[string, () => DatabaseSettings, string, string]>([
    [
      'a wrong password',
      () => settings({databasePasswordFile: file('wrong', 'battery-staple')}),
      'the user name or password was refused',
      '28P01',
    ],
    [
      'an authority that did not sign it',
      () => settings({databaseCaFile: foreign.ca}),
      NO_TLS,
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'a name that the certificate does not have',
      () => settings({databaseUrl: settings().databaseUrl.replace('127.0.0.1', 'localhost')}),
      NO_TLS,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'no TLS',
      () => settings({databaseCaFile: undefined}),
      'it does not let this user in from here, or not without TLS',
      '28000',
    ],
  ])('does not come through with %s, and says why', async (_what, given, reason, code) => {
    const database = openDatabase(given());
    service.readiness.add('database', async () => database.$queryRaw`SELECT 1`);
    expect((await service.readiness.look()).reasons).toEqual({database: `database-unavailable: ${reason}`});
    await database.$disconnect();
    const {code: exit, output} = await migrate(given());
    expect(exit).toBe(1);
    expect(JSON.parse(output)).toMatchObject({level: 'error', msg: 'migration failed', error: {code}});
    for (const secret of ['battery-staple', PASSWORD, encodeURIComponent(PASSWORD)])
      expect(output).not.toContain(secret);
  });
});
