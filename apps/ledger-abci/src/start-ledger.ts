import {startAbciServer} from '@vitalvault/abci';
import {LIMITS, toHex} from '@vitalvault/contracts';
import {counter, observe} from '@vitalvault/process';
import type {Host, Logger, RunningService} from '@vitalvault/process';
import {createApplication} from './application.js';
import type {LedgerConfig} from './config.js';
import {nativeVerify} from './crypto/native-verify.js';
import {ChainProgress} from './health/chain-progress.js';
import {watchDisk} from './health/watch-disk.js';
import {watchLeaves} from './health/watch-leaves.js';
import {watchMemory} from './health/watch-memory.js';
import {watchSnapshots} from './health/watch-snapshots.js';
import {LedgerSpans} from './ledger-spans.js';
import {Ledger} from './ledger.js';
import {measured} from './measured.js';
import {LedgerStore} from './store/ledger-store.js';
import type {Recovered} from './store/recover.js';
import {watchRoom} from './watch-room.js';

const KIND_NAMES: Readonly<Record<number, 'duplicate-vote' | 'light-client-attack'>> = {
  1: 'duplicate-vote',
  2: 'light-client-attack',
};

/** Reads the state, then serves CometBFT. */
export async function startLedger({config, logger, readiness, fail}: Host<LedgerConfig>): Promise<RunningService> {
  const progress = new ChainProgress(() => Date.now());
  readiness.add('chain', () => progress.reason());
  observe('vitalvault.ledger.height', () => progress.height);
  observe('vitalvault.ledger.block_age', () => progress.blockAgeMs && progress.blockAgeMs / 1_000);
  const misbehaved = counter('vitalvault.ledger.misbehaviour');
  const verify = nativeVerify();
  const watch = {readiness, logger};
  watchDisk(config.stateDir, config.diskWarnBytes, watch);
  const {store, recovered} = LedgerStore.open({
    dir: config.stateDir,
    snapshotBlocks: config.snapshotBlocks,
    report: watchSnapshots(config.stateDir, watch),
  });
  tell(recovered, logger);
  const ledger = new Ledger(store, recovered, verify);
  const checkRoom = watchRoom(ledger, logger);
  checkRoom();
  const checkMemory = watchMemory(ledger, watch);
  checkMemory();
  const unwatchLeaves = watchLeaves(ledger, watch);
  const application = createApplication(ledger, new LedgerSpans(), ({tip, misbehaviour}) => {
    progress.committed(tip);
    checkMemory();
    checkRoom();
    for (const {address, kind, height} of misbehaviour) {
      misbehaved(1, {kind: KIND_NAMES[kind] ?? 'other'});
      logger.error('a validator broke the rules of consensus; it is recorded on the ledger', {
        validator: toHex(address),
        kind: KIND_NAMES[kind] ?? kind,
        height,
      });
    }
  });
  const server = await startAbciServer({
    socketPath: config.socket,
    application: measured(application, ledger),
    log: logger,
    maxMessageBytes: LIMITS.abciMessageBytes,
    maxProposalTxs: LIMITS.mempoolTxs,
    onFatal: fail,
    onCall: ({method, height}) => {
      logger.debug('ABCI call', {method, height});
    },
  });
  progress.serving(() => server.connections);
  logger.info('listening for CometBFT', {socket: config.socket});
  return {
    close: async () => {
      unwatchLeaves();
      await server.close();
      await store.close();
    },
  };
}

function tell({state, tip, blocksInTail, cutBytes, refusedSnapshots}: Recovered, logger: Logger): void {
  if (cutBytes > 0)
    logger.warn('the end of the newest changelog is torn or damaged and was cut off; CometBFT replays from there', {
      bytes: cutBytes,
      height: tip?.height ?? 0n,
    });
  for (const {file, reason} of refusedSnapshots)
    logger.error('a snapshot was damaged and is deleted; the one before was used, or the changelogs alone', {
      file,
      reason,
    });
  logger.info('state read and checked against its app hash', {
    height: tip?.height ?? 0n,
    appHash: toHex(tip?.appHash ?? new Uint8Array(0)),
    blocks: blocksInTail,
    entries: state.size,
  });
}
