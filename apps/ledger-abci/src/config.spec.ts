import {ConfigError, loadConfig} from '@vitalvault/process';
import {ledgerConfig} from './config.js';
import type {LedgerConfig} from './config.js';

const load = (given: Record<string, string>): LedgerConfig =>
  loadConfig(ledgerConfig, {VITALVAULT_SOCKET: '/s', VITALVAULT_STATE_DIR: '/d', PATH: 'x', ...given});

describe('settings of the ledger', () => {
  it('has defaults for all but socket and folder', () => {
    expect(load({})).toMatchObject({socket: '/s', stateDir: '/d', logLevel: 'info', snapshotBlocks: 10_000});
    expect(load({VITALVAULT_SNAPSHOT_BLOCKS: '5'})).toMatchObject({snapshotBlocks: 5});
  });

  it('names every fault at once, never a value', () => {
    const faults = (): unknown =>
      load({
        VITALVAULT_SOCKET: '',
        VITALVAULT_OTLP_URL: 'secret',
        VITALVAULT_SNAPSHOT_BLOCKS: '0',
        VITALVAULT_LOG_LEVEL: 'loud',
      });
    expect(faults).toThrow(ConfigError);
    expect(faults).toThrow(/SOCKET.*OTLP_URL.*LOG_LEVEL.*SNAPSHOT_BLOCKS/);
    expect(faults).not.toThrow('secret');
  });

  it('refuses a setting that it does not have', () => {
    expect(() => load({VITALVAULT_SNAPSHOT_BLOKS: '5'})).toThrow('VITALVAULT_SNAPSHOT_BLOKS: no such setting');
  });
});
