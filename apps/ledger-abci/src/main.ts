import {startAbciServer} from '@vitalvault/abci';
import {LIMITS, toHex} from '@vitalvault/contracts';
import {createApplication} from './application.js';
import {ConfigError, environment, loadConfig} from './config.js';
import type {LedgerConfig} from './config.js';
import {nativeVerify} from './crypto/native-verify.js';
import {ChainProgress} from './health/chain-progress.js';
import {startHealthServer} from './health/health-server.js';
import {Ledger} from './ledger.js';
import {createLog} from './log.js';
import {LedgerStore} from './store/ledger-store.js';
import {NO_TELEMETRY, startTelemetry} from './telemetry.js';

const FATAL = 1;
const BAD_SETTINGS = 2;

type Log = ReturnType<typeof createLog>;

async function run(config: LedgerConfig, log: Log): Promise<void> {
  const progress = new ChainProgress(() => Date.now());
  const {healthHost: host, healthPort: port} = config;
  const health = port === undefined ? undefined : await startHealthServer({host, port, progress});
  const verify = nativeVerify();
  const {store, recovered} = await LedgerStore.open({dir: config.stateDir, snapshotBlocks: config.snapshotBlocks});
  const {tip, blocksInTail, cutBytes, damagedSnapshots} = recovered;
  if (cutBytes > 0) log.warn({bytes: cutBytes}, 'a torn last write was cut off; CometBFT replays that block');
  if (damagedSnapshots.length > 0)
    log.error({files: damagedSnapshots}, 'a snapshot is damaged; the one before was used');
  log.info(
    {
      height: Number(tip?.height ?? 0n),
      appHash: toHex(tip?.appHash ?? new Uint8Array(0)),
      blocksReplayed: blocksInTail,
      keys: recovered.state.size,
    },
    'state read and checked against its app hash',
  );
  const telemetry = config.otlpUrl === undefined ? NO_TELEMETRY : startTelemetry(config.otlpUrl);
  const application = createApplication(new Ledger(store, recovered, verify), telemetry, (block) => {
    progress.committed(block);
  });
  const server = await startAbciServer({
    socketPath: config.socket,
    application,
    log,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal: () => {
      process.exit(FATAL);
    },
  });
  progress.serving(() => server.connections);
  log.info({socket: config.socket}, 'listening for CometBFT');

  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({signal}, 'stopping');
    progress.stopping();
    void server
      .close()
      .then(() => store.close())
      .then(() => telemetry.shutdown())
      .then(() => health?.close())
      .then(() => {
        process.exit(0);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

try {
  const config = loadConfig(environment());
  const log = createLog(config.logLevel);
  await run(config, log).catch((error: unknown) => {
    log.error({err: error}, `the ledger does not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(FATAL);
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(BAD_SETTINGS);
}
