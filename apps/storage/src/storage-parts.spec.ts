import {createLogger} from '@vitalvault/process';
import {OwnFiles} from '@vitalvault/process/testing';
import {storageConfig} from './config.js';
import {buildParts} from './storage-parts.js';

const files = new OwnFiles(['storage']);
const NOBODY = 'http://127.0.0.1:1';
const build = async (storageKeyFile: string): Promise<unknown> => {
  const config = storageConfig.parse({
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
  return buildParts(config, createLogger({service: 'spec', level: 'error'}));
};

describe('storage does not come up', () => {
  afterAll(() => files.remove());

  it.each([
    ['with a key file that others can read', () => files.key('storage', 'own', 0o644), 'others can read the file'],
    ['with the key of another organisation', () => files.key('storage', 'their'), 'the genesis does not name'],
    ['with a key that nobody knows', () => files.key('storage', 'unknown'), 'the genesis does not name'],
  ])('%s', async (_what, file, words) => {
    await expect(build(file())).rejects.toThrow(`VITALVAULT_STORAGE_KEY_FILE: ${words}`);
  });

  it('with a key file that is no JSON, of which it tells nothing', async () => {
    const key = 'ad95f59f0f'.repeat(6);
    const attempt = build(files.text(`{"privateKey":${key}}`));
    await expect(attempt).rejects.toThrow('VITALVAULT_STORAGE_KEY_FILE: the file is not a key file');
    await expect(attempt).rejects.not.toThrow(key.slice(0, 6));
  });
});
