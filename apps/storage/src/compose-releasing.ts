import {randomBytes} from 'node:crypto';
import {currentTraceparent, nameHere, observe} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import {GrpcKeyRelease} from './adapters/policy/grpc-key-release.js';
import {PrismaReleaseStore} from './adapters/prisma/prisma-release-store.js';
import {PrismaUnnamedRoots} from './adapters/prisma/prisma-unnamed-roots.js';
import {linkSpan} from './adapters/telemetry/link-span.js';
import type {FollowLedger} from './application/follow-ledger.js';
import type {Follower, PackStore, RecordStore} from './application/ports.js';
import {ReadCiphertext} from './application/read-ciphertext.js';
import {ReleaseRecords} from './application/release-records.js';
import {RepairBlocks} from './application/repair-blocks.js';
import type {OpenParts} from './open-parts.js';

/** For one block from one peer: it has it at hand or it has not; the next peer is asked then. */
const READ_TIMEOUT_MS = 5_000;
/** A block at hand is served in milliseconds; another peer is asked beside one that takes so long. */
const PEER_PATIENCE_MS = 300;
/** Above what a repair takes when each peer answers at the last moment: a block is pinned by itself as long. */
const REPAIR_MS = 120_000;

/** The way of ciphertexts out: read, repaired where a copy is damaged, released for a permit. */
export function composeReleasing(
  {logger, now, pause}: {logger: Logger; now: () => number; pause: (milliseconds: number) => Promise<void>},
  {database, policy, peers}: OpenParts,
  ports: {records: RecordStore; packs: PackStore; follow: FollowLedger; follower: Follower; onFound: () => void},
): {release: ReleaseRecords; repair: RepairBlocks} {
  const {records, packs, follow, follower, onFound} = ports;
  const repair = new RepairBlocks(
    {
      timeoutMs: READ_TIMEOUT_MS,
      lease: {owner: randomBytes(8).toString('hex'), ms: REPAIR_MS},
      onRepaired: ({cid}, peer) => logger.info('block repaired', {peer, which: nameHere(cid)}),
      onFailed: ({cid}, peer, error) => logger.error('block not repaired', {peer, which: nameHere(cid), error}),
    },
    {packs, roots: new PrismaUnnamedRoots(database)},
  );
  const read = new ReadCiphertext(
    {
      timeoutMs: READ_TIMEOUT_MS,
      patienceMs: PEER_PATIENCE_MS,
      now,
      traceparent: currentTraceparent,
      onServed: (_record, peer) => logger.debug('block served', {peer}),
      onCorrupt: (record, peer) => {
        logger.error('block corrupt', {peer, which: nameHere(record.cid)});
        linkSpan([record]);
        onFound();
      },
    },
    {peers, packs, records, repair},
  );
  const release = new ReleaseRecords(
    {head: () => follow.head, seenHeight: () => follow.seenHeight, pause, now, onRecords: linkSpan},
    {releases: new PrismaReleaseStore(database), keys: new GrpcKeyRelease(policy), read, follower},
  );
  observe('vitalvault.storage.releases_under_way', () => release.underWay);
  return {release, repair};
}
