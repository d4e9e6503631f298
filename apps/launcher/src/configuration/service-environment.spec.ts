import {describe, expect, it} from '@jest/globals';
import {DEFAULT_CAPACITY} from '@vitalvault/genesis';
import {layoutOf} from '../plan/layout.js';
import {SERVICES} from '../plan/names.js';
import {portLayout} from '../plan/ports.js';
import {serviceEnvironment} from './service-environment.js';

describe('serviceEnvironment', () => {
  const context = {
    layout: layoutOf('/d'),
    ports: portLayout(30_000),
    organisation: 'ab',
    settings: {layout: 1, chainId: 'c', portBase: 30_000, validators: 2, capacity: DEFAULT_CAPACITY} as const,
  };

  it("gives each service its own key and no other's", () => {
    const keys = SERVICES.map((name) =>
      Object.values(serviceEnvironment(name, context))
        .filter((v) => v.endsWith('.key.json'))
        .map((v) => v.replace('/d/org/0/', '')),
    );
    expect(Object.fromEntries(SERVICES.map((name, i) => [name, keys[i]]))).toEqual({
      policy: ['release.key.json', 'policy.key.json'],
      notify: [],
      storage: ['storage.key.json'],
      ingest: ['ingest.key.json'],
    });
  });

  it('names the own validator and the own IPFS peer first', () => {
    const env = serviceEnvironment('storage', context);
    expect(env.VITALVAULT_LEDGER_RPC).toBe('http://127.0.0.1:30001,http://127.0.0.1:30011');
    expect(env.VITALVAULT_KUBO).toBe('http://127.0.0.1:30202,http://127.0.0.1:30212,http://127.0.0.1:30222');
  });

  it('gives a database to those that have one', () => {
    expect(
      SERVICES.map((name) => serviceEnvironment(name, context).VITALVAULT_DATABASE_URL?.split('/').at(-1)),
    ).toEqual(['vv_policy', 'vv_notify', 'vv_storage', undefined]);
  });
});
