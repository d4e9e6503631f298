import {afterAll, beforeAll, beforeEach, describe, expect, it} from '@jest/globals';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../src/adapters/prisma/prisma-anchor-store.js';
import {PrismaReleaseStore} from '../src/adapters/prisma/prisma-release-store.js';
import {shortLivedRows} from '../src/adapters/prisma/short-lived-rows.js';
import type {SignedAnchor} from '../src/application/ports.js';
import {startStorageDatabase} from './support/storage-database.js';
import type {StorageDatabase} from './support/storage-database.js';

const HEIGHT = 20_000;
const DAY_MS = 86_400_000;

describe('what storage keeps for a while only', () => {
  let started: StorageDatabase;
  let database: Database;

  beforeAll(async () => {
    started = await startStorageDatabase();
    ({database} = started);
  });
  beforeEach(async () => {
    await database.$executeRaw`TRUNCATE anchors, signing_nonces, access_requests, record_conflicts`;
    await database.$executeRaw`UPDATE ledger_cursor SET height = ${HEIGHT}, block_time = 1000000`;
  });
  afterAll(async () => {
    await started.close();
  });

  const sweep = async (now = new Date(), most = 1_000): Promise<number> => {
    let gone = 0;
    for (const rows of shortLivedRows(database)) gone += await rows.prune(now, most);
    return gone;
  };
  const anchors = (): PrismaAnchorStore => new PrismaAnchorStore(database);
  const sign = (txId: string, expiresAtHeight: number): Promise<SignedAnchor> =>
    anchors().sign('key', [], (nonce) => ({
      ...{txId, txHash: 'hash', tx: Uint8Array.of(Number(nonce)), expiresAtTime: 2_000_000n, traceparent: undefined},
      expiresAtHeight: BigInt(expiresAtHeight),
    }));
  const nextNumber = async (): Promise<number | undefined> => (await sign('next', HEIGHT + 120)).tx[0];
  const settle = (txId: string, state: string) =>
    database.$executeRaw`UPDATE anchors SET state = ${state} WHERE tx_id = ${txId}`;
  const txIds = async (): Promise<string[]> =>
    (await database.anchor.findMany({orderBy: {nonce: 'asc'}})).map(({txId}) => txId);

  describe('transactions', () => {
    it('go when no block can take them any more and what became of them is written, never while they are open', async () => {
      for (const [txId, state, expires] of [
        ['old', 'included', HEIGHT - 11],
        ['in vain', 'failed', HEIGHT - 11],
        ['late', 'expired', HEIGHT - 11],
        ['not judged', 'open', HEIGHT - 11],
        ['young', 'included', HEIGHT - 10],
        ['may come yet', 'failed', HEIGHT + 1],
      ] as const) {
        await sign(txId, expires);
        await settle(txId, state);
      }
      expect(await sweep()).toBe(3);
      expect(await txIds()).toEqual(['not judged', 'young', 'may come yet']);
    });

    it('leave the highest number that was used known: no number is given twice, whatever state a node proves', async () => {
      for (const txId of ['first', 'highest']) {
        await sign(txId, HEIGHT - 100);
        await settle(txId, 'included');
      }
      expect(await sweep()).toBe(1);
      await anchors().alignNonces('key', 0n);
      expect(await nextNumber()).toBe(3);
    });

    it('are passed over while another process has them, and a few go at a time, oldest first', async () => {
      for (const [place, txId] of ['a', 'b', 'c', 'd', 'last'].entries()) {
        await sign(txId, HEIGHT - 100 + place);
        await settle(txId, 'included');
      }
      await database.$transaction(async (session) => {
        await session.$queryRaw`SELECT tx_id FROM anchors WHERE tx_id = 'a' FOR UPDATE`;
        expect(await sweep(new Date(), 2)).toBe(2);
      });
      expect(await txIds()).toEqual(['a', 'd', 'last']);
    });
  });

  it('requests go when their permit ended, or was none, long ago', async () => {
    const request = (txId: string, of: {height: number; permit?: boolean; until?: number; time?: number}) =>
      database.accessRequest.create({
        data: {
          ...{txId, signerKeyId: '', patient: '', typeTag: '', slotFrom: 0, slotTo: 0, recordLogSize: 0},
          ...{height: of.height, permit: of.permit ?? true},
          releaseUntilHeight: of.until ?? HEIGHT,
          releaseUntilTime: of.time ?? 1_000_000,
        },
      });
    const old = HEIGHT - 10_001;
    await request('ended by height', {height: old, until: HEIGHT - 1});
    await request('ended by time', {height: old, time: 999_999});
    await request('refused', {height: old, permit: false});
    await request('stands', {height: old});
    await request('ended lately', {height: old + 1, until: old + 2});
    expect(await sweep()).toBe(3);
    const left = await database.accessRequest.findMany({orderBy: {txId: 'asc'}});
    expect(left.map(({txId}) => txId)).toEqual(['ended lately', 'stands']);
    expect(await new PrismaReleaseStore(database).request('refused')).toBeUndefined();
  });

  it('records under a taken number go after 30 days', async () => {
    await database.recordConflict.create({
      data: {recordId: 'other', device: '', registration: 1, sequence: 1, receipt: Uint8Array.of(1)},
    });
    expect(await sweep(new Date(Date.now() + 29 * DAY_MS))).toBe(0);
    expect(await sweep(new Date(Date.now() + 31 * DAY_MS))).toBe(1);
  });
});
