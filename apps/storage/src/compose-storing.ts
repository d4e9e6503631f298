import type {OutboxPublisher} from '@vitalvault/kafka-bus';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {BackgroundWork, nameHere} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {CometLedgerGateway} from './adapters/ledger/comet-ledger-gateway.js';
import {PrismaAnchorStore} from './adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from './adapters/prisma/prisma-ledger-store.js';
import {PrismaPackClaims} from './adapters/prisma/prisma-pack-claims.js';
import {PrismaPinnedRoots} from './adapters/prisma/prisma-pinned-roots.js';
import {PrismaUnnamedRoots} from './adapters/prisma/prisma-unnamed-roots.js';
import {traceAnchor, traceIncluded, tracePack} from './adapters/telemetry/trace-batch.js';
import {AcceptRecords} from './application/accept-records.js';
import {AnchorRecords} from './application/anchor-records.js';
import {EntryQueue} from './application/entry-queue.js';
import {FollowLedger} from './application/follow-ledger.js';
import {LookAtCopies} from './application/look-at-copies.js';
import {PackRecords} from './application/pack-records.js';
import type {AnchorSigner, PackCopies, PackStore, RecordStore} from './application/ports.js';
import {SweepPacks} from './application/sweep-packs.js';
import {WorkLoop} from './application/work-loop.js';
import type {StorageConfig} from './config.js';
import type {OpenParts} from './open-parts.js';
import {ownStorageKeys} from './own-storage-keys.js';

/**
 * A pack holds as many records as one batch of Kafka brings, or as much as is sent to a peer in one request. Three are
 * under way at once: one is sent while the others wait until enough peers have theirs.
 */
const PACK = {maxRecords: 250, maxBytes: 4 * 1_048_576, lanes: 3} as const;
/** A pack whose maker is silent for so long is taken up by another: three words of it would have come. */
const LEASE_MS = 15_000;
/** So many transactions of ours wait for a block at once: several fit into one, and all are sent again after a loss. */
const MAX_OPEN_ANCHORS = 6;
/** A loop that nobody pokes looks by itself so often: for what another process left, and what is to be tried again. */
const IDLE_MS = 500;
/** How often it is looked for packs that nothing names; nothing waits for it. */
const SWEEP_MS = 60_000;
/** How often it is looked whether peers hold a pack: 86,400 a day, one question to each peer that has it. */
const COPIES_MS = 1_000;
/** Above an unpin whose every peer answers at the last moment: nobody makes a pack that is just being unpinned. */
const UNPIN_MS = 60_000;

interface StoringOptions {
  readonly config: StorageConfig;
  readonly logger: Logger;
  readonly now: () => number;
  /** Ends what is in hand. */
  readonly stopping: AbortSignal;
}

interface StoringPorts {
  readonly records: RecordStore;
  readonly packs: PackStore & PackCopies;
  readonly outbox: OutboxPublisher;
  readonly signer: AnchorSigner;
  readonly trust: ParsedGenesis;
}

/** The way of records in: accepted, packed and pinned, anchored; each step wakes the next. */
export function composeStoring(
  {config, logger, now, stopping}: StoringOptions,
  {database, ledger}: OpenParts,
  {records, packs, outbox, signer, trust}: StoringPorts,
) {
  const {parameters} = trust.genesis;
  if (parameters === undefined) throw new RangeError('a genesis without parameters');
  const ownKeys = ownStorageKeys(trust, config.organisation);
  const background = {packing: new BackgroundWork(), storing: new BackgroundWork(), sending: new BackgroundWork()};
  const anchors = new PrismaAnchorStore(database);
  const queue = new EntryQueue(
    {now, parameters, onLost: (count) => logger.error('owners waited in no list', {count})},
    anchors,
  );
  const follow = new FollowLedger({
    ownKey: signer.keyId,
    ledger: new PrismaLedgerStore(database, {now, parameters, ownKeys}),
    onEffect: async (block, effect) => {
      await traceIncluded(block, effect);
      for (const {txId, anchored, later, refused} of effect.anchors)
        logger.info('anchored', {
          which: nameHere(txId),
          height: block.height,
          records: anchored,
          waiting: later,
          failed: refused,
        });
      if (effect.recognised > 0)
        logger.warn('anchored by a transaction of ours that this database does not know', {count: effect.recognised});
      if (effect.expired > 0) logger.warn('transactions expired', {count: effect.expired});
      if (effect.anchors.length > 0 || effect.expired > 0) outbox.poke();
      anchor.settled(effect.anchors);
      // Blocks free room for more and bring the time to try again.
      anchoring.poke();
    },
  });
  const anchor = new AnchorRecords(
    {
      now,
      maxOpen: MAX_OPEN_ANCHORS,
      head: () => follow.head,
      trace: traceAnchor,
      onSent: ({txId}, entries) => logger.info('anchor signed', {which: nameHere(txId), entries}),
      onRefused: ({txId}, code) => logger.warn('anchor refused by a node', {which: nameHere(txId), code}),
    },
    {anchors, queue, ledger: new CometLedgerGateway(ledger, trust), signer},
  );
  const anchoring = new WorkLoop(
    {
      idleMs: IDLE_MS,
      gatherMs: config.anchorWindowMs,
      work: background.sending,
      onFailure: (error) => logger.warn('anchoring waits', {error}),
    },
    () => anchor.execute(),
  );
  const onStored = (): void => {
    background.storing.done();
    outbox.poke();
    anchoring.poke();
  };
  const lease = {owner: randomBytes(8).toString('hex'), ms: LEASE_MS};
  const pack = new PackRecords(
    {
      ...PACK,
      lease,
      now,
      pause: (milliseconds, signal) => sleep(milliseconds, undefined, {signal}),
      stopping,
      trace: tracePack,
      onFailure: ({error, attempt, records: count}) => {
        background.storing.failed(error);
        logger.warn('pack not stored yet', {error, attempt, records: count});
      },
    },
    {records, claims: new PrismaPackClaims(database), packs, onStored},
  );
  const sweep = new SweepPacks(
    {now, lease: {...lease, ms: UNPIN_MS}, stopping, onDropped: () => logger.info('pack unpinned that nothing names')},
    {roots: new PrismaUnnamedRoots(database), packs},
  );
  const sweeping = new WorkLoop(
    {idleMs: SWEEP_MS, gatherMs: 0, onFailure: (error) => logger.warn('packs were not swept', {error})},
    () => sweep.execute(),
  );
  const copies = new LookAtCopies(
    {least: config.replicationMin, stopping},
    {roots: new PrismaPinnedRoots(database), packs},
  );
  const copying = new WorkLoop(
    // That peers or database are away is told by readiness.
    {idleMs: COPIES_MS, gatherMs: 0, onFailure: (error) => logger.debug('copies were not looked at', {error})},
    () => copies.execute(),
  );
  const packing = new WorkLoop(
    {
      idleMs: IDLE_MS,
      gatherMs: config.packWindowMs,
      work: background.packing,
      onFailure: (error) => logger.warn('packing waits', {error}),
    },
    () => pack.execute(),
  );
  const accept = new AcceptRecords(
    {chainId: config.chainId},
    {records, onRecords: () => packing.poke(), onSkips: () => anchoring.poke()},
  );
  return {accept, anchor, copies, copying, follow, pack, packing, sweeping, anchoring, queue, background};
}
