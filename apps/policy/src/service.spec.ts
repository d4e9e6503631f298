import {startService} from '@vitalvault/http';
import {describeComposition} from '@vitalvault/http/testing';
import {createLogger} from '@vitalvault/process';
import {ManagedHost, OwnFiles} from '@vitalvault/process/testing';
import {policy} from './service.js';

const files = new OwnFiles();
const settings = (given: object = {}): object => ({
  ...files.settings,
  policyKeyFile: files.key('policy'),
  releaseKeyFile: files.key('release'),
  httpPort: 1,
  grpcPort: 2,
  ledgerRpc: 'http://127.0.0.1:1',
  otlpUrl: 'http://127.0.0.1:1',
  kafkaBrokers: '127.0.0.1:1',
  databaseUrl: 'postgres://vv@127.0.0.1:1/none',
  notifyGrpc: '127.0.0.1:1',
  ...given,
});
const start = (given: object): Promise<unknown> => {
  const logger = createLogger({service: 'spec', level: 'error'});
  return startService(policy, new ManagedHost(policy.config.parse(settings(given)), logger));
};

afterAll(() => files.remove());

describe('policy', () => {
  describeComposition(policy, settings);
});

describe('policy does not come up', () => {
  it.each([
    ['the policy key of another organisation', () => ({policyKeyFile: files.key('policy', 'their')}), 'POLICY'],
    ['the release key of another organisation', () => ({releaseKeyFile: files.key('release', 'their')}), 'RELEASE'],
    ['a release key that others can read', () => ({releaseKeyFile: files.key('release', 'own', 0o644)}), 'RELEASE'],
  ])('with %s', async (_what, given, name) => {
    await expect(start(given())).rejects.toThrow(`VITALVAULT_${name}_KEY_FILE: `);
  });
});
