import {ConfigError, loadConfig} from './config.js';

test('names every fault at once, never a value', () => {
  expect(loadConfig({VITALVAULT_SOCKET: '/s', VITALVAULT_STATE_DIR: '/d', PATH: 'x'})).toEqual({
    socket: '/s',
    stateDir: '/d',
    logLevel: 'info',
    snapshotBlocks: 10_000,
    healthHost: '127.0.0.1',
  });
  expect(
    loadConfig({
      VITALVAULT_SOCKET: '/s',
      VITALVAULT_STATE_DIR: '/d',
      VITALVAULT_OTLP_URL: 'http://h:1',
      VITALVAULT_SNAPSHOT_BLOCKS: '5',
    }),
  ).toMatchObject({otlpUrl: 'http://h:1', snapshotBlocks: 5});
  const faults = (): unknown =>
    loadConfig({
      VITALVAULT_STATE_DIR: '/d',
      VITALVAULT_OTLP_URL: 'secret',
      VITALVAULT_SNAPSHOT_BLOCKS: '0',
      VITALVAULT_LOG_LEVEL: 'loud',
    });
  expect(faults).toThrow(ConfigError);
  expect(faults).toThrow(/SOCKET.*OTLP_URL.*LOG_LEVEL.*SNAPSHOT_BLOCKS/);
  expect(faults).not.toThrow('secret');
});
