import {metricValues, testCertificates} from '@vitalvault/testkit';
import type {TestCertificates} from '@vitalvault/testkit';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {connect, createServer} from 'node:tls';
import type {Server} from 'node:tls';
import {startMetrics} from '../metrics/start-metrics.js';
import {watchedTls} from './watched-tls.js';
import type {WatchedTls} from './watched-tls.js';

const DAY = 86_400;
const dir = mkdtempSync(join(tmpdir(), 'vv-tls-'));
const metrics = startMetrics({service: 'spec'});
const text = (file: string): string => readFileSync(file, 'utf8');
let files: TestCertificates;
let ca: string;
let server: Server;

/** Days by part and kind; what is told of an earlier case stays. */
const days = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(await metricValues(metrics, 'vitalvault_certificate_remaining_seconds')).map(([labels, value]) => [
      labels,
      Math.round((value / DAY) * 100) / 100,
    ]),
  );

async function meet(tls: WatchedTls, host = '127.0.0.1'): Promise<void> {
  const {port} = server.address() as AddressInfo;
  const socket = connect({...tls, host, port, rejectUnauthorized: true});
  try {
    await once(socket, 'secureConnect');
  } finally {
    socket.destroy();
  }
}

beforeAll(async () => {
  files = await testCertificates(dir, {authorityDays: 9, serverDays: 2});
  ca = text(files.ca);
  server = createServer({cert: text(files.certificate), key: text(files.key)}).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
});

afterAll(async () => {
  server.close();
  await metrics.shutdown();
  rmSync(dir, {recursive: true});
});

describe('watchedTls', () => {
  it('tells of its authorities the last that ends, and passes over what cannot be read', async () => {
    const short = text((await testCertificates(join(dir, 'short'), {authorityDays: 3})).ca);
    watchedTls('database', `${short}${ca}-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n`);
    expect(await days()).toEqual({'database authority': 9});
  });

  it('tells of a server what ends first of all that it showed, once it was met', async () => {
    const tls = watchedTls('kafka', ca);
    expect(await days()).toEqual({'database authority': 9, 'kafka authority': 9});
    await meet(tls);
    expect(await days()).toEqual({'database authority': 9, 'kafka authority': 9, 'kafka server': 2});
  });

  it('tells of the authority behind a server when that ends first', async () => {
    const ends = await testCertificates(join(dir, 'ends'), {authorityDays: 1, serverDays: 2});
    server.setSecureContext({cert: text(ends.certificate), key: text(ends.key)});
    await meet(watchedTls('kafka', text(ends.ca)));
    expect(await days()).toMatchObject({'kafka authority': 1, 'kafka server': 1});
    server.setSecureContext({cert: text(files.certificate), key: text(files.key)});
  });

  it('refuses another name, as Node does, and tells nothing of it', async () => {
    const tls = watchedTls('database', ca);
    await expect(meet(tls, 'localhost')).rejects.toMatchObject({code: 'ERR_TLS_CERT_ALTNAME_INVALID'});
    expect(await days()).not.toHaveProperty('database server');
  });
});
