import {z} from 'zod';
import {commonConfig, kafkaConfig, setting} from './shared-settings.js';
import {ConfigError} from './config-error.js';
import {loadConfig} from './load-config.js';
import {variableOf} from './variable-of.js';

const schema = z.strictObject({
  host: commonConfig.host,
  httpPort: commonConfig.httpPort,
  ledgerRpc: commonConfig.ledgerRpc,
  chainId: commonConfig.chainId,
});

function faultsOf(env: Record<string, string>, of: z.ZodObject = schema): readonly string[] {
  try {
    loadConfig(of, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('reads settings by name and leaves the rest of the environment alone', () => {
    const config = loadConfig(schema, {
      PATH: '/bin',
      VITALVAULT_HTTP_PORT: '8080',
      VITALVAULT_CHAIN_ID: 'c',
      VITALVAULT_LEDGER_RPC: 'http://a:1, http://b:2',
    });
    expect(config).toEqual({host: '127.0.0.1', httpPort: 8080, chainId: 'c', ledgerRpc: ['http://a:1', 'http://b:2']});
  });

  it('tells every fault at once', () => {
    const faults = faultsOf({
      VITALVAULT_HTTP_PORT: 'eighty',
      VITALVAULT_LEDGER_RPC: 'nonsense',
      VITALVAULT_LEDGR_RPC: 'x',
    });
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
      'VITALVAULT_CHAIN_ID',
      'VITALVAULT_HTTP_PORT',
      'VITALVAULT_LEDGER_RPC',
      'VITALVAULT_LEDGR_RPC',
    ]);
  });

  it('never repeats a value', () => {
    const secret = 'hunter2';
    expect(
      faultsOf({VITALVAULT_HTTP_PORT: secret, VITALVAULT_LEDGER_RPC: secret, VITALVAULT_OTHER: secret}).join(),
    ).not.toContain(secret);
  });

  it('tolerates a common setting that this service does not take', () => {
    expect(
      faultsOf({
        VITALVAULT_HTTP_PORT: '1',
        VITALVAULT_CHAIN_ID: 'c',
        VITALVAULT_LEDGER_RPC: 'http://a:1',
        VITALVAULT_OTLP_URL: 'http://c:1',
      }),
    ).toEqual([]);
  });

  it('refuses an empty variable, needed or not: a shell that knows no value must not switch TLS off', () => {
    const empty = 'empty; give it a value, or leave it out';
    expect(faultsOf({VITALVAULT_HTTP_PORT: '', VITALVAULT_CHAIN_ID: 'c', VITALVAULT_LEDGER_RPC: 'http://a:1'})).toEqual(
      [`VITALVAULT_HTTP_PORT: ${empty}`],
    );
    const access = z.strictObject({kafkaTls: commonConfig.kafkaTls, databaseCaFile: commonConfig.databaseCaFile});
    expect(faultsOf({VITALVAULT_KAFKA_TLS: '', VITALVAULT_DATABASE_CA_FILE: ''}, access)).toEqual([
      `VITALVAULT_KAFKA_TLS: ${empty}`,
      `VITALVAULT_DATABASE_CA_FILE: ${empty}`,
    ]);
  });

  it.each<[string, z.ZodType, string]>([
    ['OTLP_URL', setting.url, 'localhost:4318'],
    ['OTLP_URL', setting.url, 'file:///etc/passwd'],
    ['LEDGER_RPC', setting.urls, 'http://a:1,javascript:x'],
    ['NOTIFY_GRPC', setting.hostPort, 'a:0'],
    ['NOTIFY_GRPC', setting.hostPort, 'a:99999'],
    ['DATABASE_URL', commonConfig.databaseUrl, 'http://db:5432/vv'],
  ])('%s is not %s', (name, type, text) => {
    const key = name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(faultsOf({[`VITALVAULT_${name}`]: text}, z.strictObject({[key]: type}))).toHaveLength(1);
  });

  it.each([' ', ' 5', '5 ', '1e3', '0x10', '0b1', '1.5', '+5', '1h', 'NaN', 'Infinity', '٥', '-1', '2147483648'])(
    'takes %j for no time in milliseconds',
    (text) => {
      const times = z.strictObject({drainMs: commonConfig.drainMs, closeMs: commonConfig.closeMs});
      const faults = faultsOf({VITALVAULT_DRAIN_MS: text, VITALVAULT_CLOSE_MS: text}, times);
      expect(new Set(faults.map((fault) => fault.split(':')[0])).size).toBe(2);
    },
  );

  it('tells what does not fit together beside what is wrong alone', () => {
    const faults = faultsOf({VITALVAULT_KAFKA_USERNAME: 'u', VITALVAULT_KAFKA_TLS: 'yes'}, z.strictObject(kafkaConfig));
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
      'VITALVAULT_KAFKA_BROKERS',
      'VITALVAULT_KAFKA_SASL_MECHANISM',
      'VITALVAULT_KAFKA_TLS',
    ]);
  });

  it('names variables in upper snake case', () => {
    expect(variableOf('ingestKeyFile')).toBe('VITALVAULT_INGEST_KEY_FILE');
  });
});
