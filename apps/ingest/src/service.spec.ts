import {startService} from '@vitalvault/http';
import {describeComposition} from '@vitalvault/http/testing';
import {createLogger} from '@vitalvault/process';
import {ManagedHost, OwnFiles} from '@vitalvault/process/testing';
import {ingest} from './service.js';

const files = new OwnFiles();
const settings = (given: object = {}): object => ({
  ...files.settings,
  ingestKeyFile: files.key('ingest'),
  httpPort: 1,
  otlpUrl: 'http://127.0.0.1:1',
  kafkaBrokers: '127.0.0.1:1',
  policyGrpc: '127.0.0.1:1',
  storageGrpc: '127.0.0.1:1',
  ...given,
});
const start = (given: object): Promise<unknown> => {
  const logger = createLogger({service: 'spec', level: 'error'});
  return startService(ingest, new ManagedHost(ingest.config.parse(settings(given)), logger));
};

afterAll(() => files.remove());

describe('ingest', () => {
  describeComposition(ingest, settings);
});

describe('ingest does not come up', () => {
  it.each([
    ['with a key file that others can read', () => files.key('ingest', 'own', 0o644), 'others can read the file'],
    ['with the key of another organisation', () => files.key('ingest', 'their'), 'the genesis does not name'],
    ['with a key that nobody knows', () => files.key('ingest', 'unknown'), 'the genesis does not name'],
  ])('%s', async (_what, file, words) => {
    await expect(start({ingestKeyFile: file()})).rejects.toThrow(`VITALVAULT_INGEST_KEY_FILE: ${words}`);
  });

  it('with the genesis of another chain', async () => {
    await expect(start({chainId: 'vv-other'})).rejects.toThrow('another chain');
  });
});
