import {startService} from '@vitalvault/http';
import {describeComposition} from '@vitalvault/http/testing';
import {createLogger} from '@vitalvault/process';
import {ManagedHost, OwnFiles} from '@vitalvault/process/testing';
import {storage} from './service.js';

const files = new OwnFiles();
const NOBODY = 'http://127.0.0.1:1';
const settings = (storageKeyFile = files.key('storage')): object => ({
  ...files.settings,
  storageKeyFile,
  httpPort: 1,
  grpcPort: 2,
  ledgerRpc: NOBODY,
  otlpUrl: NOBODY,
  kafkaBrokers: '127.0.0.1:1',
  databaseUrl: 'postgres://vv@127.0.0.1:1/none',
  policyGrpc: '127.0.0.1:1',
  ipfsCluster: NOBODY,
  kubo: NOBODY,
  replicationMin: 1,
  replicationMax: 1,
});
const start = (storageKeyFile: string): Promise<unknown> => {
  const logger = createLogger({service: 'spec', level: 'error'});
  return startService(storage, new ManagedHost(storage.config.parse(settings(storageKeyFile)), logger));
};

afterAll(() => files.remove());

describe('storage', () => {
  describeComposition(storage, settings);
});

describe('storage does not come up', () => {
  it.each([
    ['with a key file that others can read', () => files.key('storage', 'own', 0o644), 'others can read the file'],
    ['with the key of another organisation', () => files.key('storage', 'their'), 'the genesis does not name'],
    ['with a key that nobody knows', () => files.key('storage', 'unknown'), 'the genesis does not name'],
  ])('%s', async (_what, file, words) => {
    await expect(start(file())).rejects.toThrow(`VITALVAULT_STORAGE_KEY_FILE: ${words}`);
  });

  it('with a key file that is no JSON, of which it tells nothing', async () => {
    const key = 'ad95f59f0f'.repeat(6);
    const attempt = start(files.text(`{"privateKey":${key}}`));
    await expect(attempt).rejects.toThrow('VITALVAULT_STORAGE_KEY_FILE: the file is not a key file');
    await expect(attempt).rejects.not.toThrow(key.slice(0, 6));
  });
});
