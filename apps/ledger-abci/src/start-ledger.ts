import {startAbciServer} from '@vitalvault/abci';
import {LIMITS, toHex} from '@vitalvault/contracts';
import {startTelemetry} from '@vitalvault/process';
import type {Logger, RunningService} from '@vitalvault/process';
import {createApplication} from './application.js';
import type {LedgerConfig} from './config.js';
import {nativeVerify} from './crypto/native-verify.js';
import {ChainProgress} from './health/chain-progress.js';
import {startHealthServer} from './health/health-server.js';
import {LedgerSpans} from './ledger-spans.js';
import {Ledger} from './ledger.js';
import {LedgerStore} from './store/ledger-store.js';
import type {Recovered} from './store/recover.js';

/** Reads the state, then serves CometBFT. @param onFatal must end the process: no answer will be given any more */
export async function startLedger(logger: Logger, config: LedgerConfig, onFatal: () => void): Promise<RunningService> {
  const progress = new ChainProgress(() => Date.now());
  const {healthHost: host, healthPort: port, otlpUrl} = config;
  const health = port === undefined ? undefined : await startHealthServer({host, port, progress});
  const verify = nativeVerify();
  const {store, recovered} = await LedgerStore.open({dir: config.stateDir, snapshotBlocks: config.snapshotBlocks});
  tell(recovered, logger);
  const telemetry = otlpUrl === undefined ? undefined : startTelemetry({service: 'ledger-abci', otlpUrl});
  const application = createApplication(new Ledger(store, recovered, verify), new LedgerSpans(), (block) => {
    progress.committed(block);
  });
  const server = await startAbciServer({
    socketPath: config.socket,
    application,
    log: logger,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal,
  });
  progress.serving(() => server.connections);
  logger.info('listening for CometBFT', {socket: config.socket});
  return {
    close: async () => {
      progress.stopping();
      await server.close();
      await store.close();
      await telemetry?.shutdown();
      await health?.close();
    },
  };
}

function tell({state, tip, blocksInTail, cutBytes, damagedSnapshots}: Recovered, logger: Logger): void {
  if (cutBytes > 0) logger.warn('a torn last write was cut off; CometBFT replays that block', {bytes: cutBytes});
  for (const file of damagedSnapshots) logger.error('a snapshot is damaged; the one before was used', {file});
  logger.info('state read and checked against its app hash', {
    height: tip?.height ?? 0n,
    appHash: toHex(tip?.appHash ?? new Uint8Array(0)),
    blocks: blocksInTail,
    entries: state.size,
  });
}
