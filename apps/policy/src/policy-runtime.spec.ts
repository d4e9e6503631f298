import {createLogger} from '@vitalvault/process';
import {OwnFiles} from '@vitalvault/process/testing';
import {policyConfig} from './config.js';
import {openRuntime} from './policy-runtime.js';

const files = new OwnFiles(['policy', 'release']);
const open = (given: object): unknown => {
  const config = policyConfig.parse({
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
  return openRuntime(config, createLogger({service: 'spec', level: 'error'}));
};

describe('policy does not come up', () => {
  afterAll(() => files.remove());

  it.each([
    ['the policy key of another organisation', () => ({policyKeyFile: files.key('policy', 'their')}), 'POLICY'],
    ['the release key of another organisation', () => ({releaseKeyFile: files.key('release', 'their')}), 'RELEASE'],
    ['a release key that others can read', () => ({releaseKeyFile: files.key('release', 'own', 0o644)}), 'RELEASE'],
  ])('with %s', (_what, given, name) => {
    expect(() => open(given())).toThrow(`VITALVAULT_${name}_KEY_FILE: `);
  });
});
