import {decodeCanonical, encodeCanonical, toHex, transactionId} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {AnchorResultsSchema, BodySchema, DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AnchorResults, Body} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {PostedRecordSchema, RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {extremeNumbers, PEOPLE, sampleBody, SAMPLE_MESSAGES, signedBody} from '@vitalvault/ledger-state/testing';
import {MadeConsumer} from '@vitalvault/process/testing';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../src/adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from '../src/adapters/prisma/prisma-ledger-store.js';
import {PrismaPackClaims} from '../src/adapters/prisma/prisma-pack-claims.js';
import {PrismaRecordStore} from '../src/adapters/prisma/prisma-record-store.js';
import {PrismaReleaseStore} from '../src/adapters/prisma/prisma-release-store.js';
import {FollowLedger} from '../src/application/follow-ledger.js';
import {parseAccepted} from '../src/domain/parse-accepted.js';
import type {RecordStatus} from '../src/application/ports.js';
import type {Accepted, RecordNumber} from '../src/domain/record.js';
import {dueEntries} from './support/due-entries.js';
import {ledgerOptions} from './support/ledger-options.js';
import {CHAIN_ID, messageOfHeader, sampleMessage, samplePosted, sampleSkip} from './support/sample-records.js';
import {storeAll} from './support/store-all.js';

/** Id of a body that the patient signs. */
const idOf = (body: Uint8Array): string => toHex(transactionId(body, [PEOPLE.patient.key]));

const consumer = new MadeConsumer();
const permit = {permit: true, index: 1n, recordLogSize: 2n, releaseUntilHeight: 3n, releaseUntilTime: 4n};
const ANOTHER_ALGORITHM = /\.(signingKey|newSigningKey|deviceKey)\.alg = /;
const LATER = Number.MAX_SAFE_INTEGER;

/** Every uint32 and uint64 that a follower reads, at the ends of its range, into a real PostgreSQL and back. */
describe('no legal number stops storage', () => {
  let engines: Engines;
  let database: Database;
  let records: PrismaRecordStore;
  let claims: PrismaPackClaims;
  let anchors: PrismaAnchorStore;
  let releases: PrismaReleaseStore;
  let follow: FollowLedger;
  let height = 0n;
  let [device, transactions] = [0, 0];

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '..', 'prisma', 'migrations')});
    database = openDatabase({databaseUrl});
    records = new PrismaRecordStore(database, () => 1_000);
    claims = new PrismaPackClaims(database);
    anchors = new PrismaAnchorStore(database);
    releases = new PrismaReleaseStore(database);
    const ledger = new PrismaLedgerStore(
      database,
      ledgerOptions(() => 1_000),
    );
    follow = new FollowLedger({ownKey: '', ledger, onEffect: () => Promise.resolve()});
    await follow.begin();
  });

  afterAll(async () => {
    await database.$disconnect();
    await engines.stop();
  });

  const block = (tx: Uint8Array, data: Uint8Array): Promise<void> =>
    follow.execute({height: ++height, timeSeconds: 10n, txs: [tx], results: [{code: 0, data}]});
  const dataFor = ({case: name}: Body['message']): Uint8Array =>
    name === 'requestAccess'
      ? encodeCanonical(DecisionSchema, permit)
      : name === 'anchorRecords'
        ? encodeCanonical(AnchorResultsSchema, {results: [{code: 0, index: 1n}]})
        : new Uint8Array();
  /** Takes what a topic brings; undefined when a rule refuses it (0 is no sequence). Any other error is the test's. */
  const accept = async (value: Uint8Array): Promise<Accepted | undefined> => {
    let accepted: Accepted;
    try {
      accepted = parseAccepted(value, {chainId: CHAIN_ID, traceparent: undefined});
    } catch (error) {
      expect(['JunkMessage', 'NewerMessage']).toContain((error as Error).name);
      return undefined;
    }
    const batch = accepted.kind === 'record' ? {records: [accepted.record]} : {records: [], skips: [accepted.skip]};
    await records.accept(batch, consumer.advance());
    return accepted;
  };

  it.each(Object.keys(SAMPLE_MESSAGES) as (keyof typeof SAMPLE_MESSAGES)[])('in a block with %s', async (name) => {
    for (const {name: number, message: body} of extremeNumbers(BodySchema, sampleBody(SAMPLE_MESSAGES[name]))) {
      const bytes = encodeCanonical(BodySchema, body);
      if (ANOTHER_ALGORITHM.test(number)) {
        // By rule: with a key of another kind nobody here can verify what its owner signs.
        await expect(block(signedBody(bytes, [PEOPLE.patient]), dataFor(body.message))).rejects.toThrow('not known');
        height--;
        continue;
      }
      await block(signedBody(bytes, [PEOPLE.patient]), dataFor(body.message));
      if (body.message.case !== 'requestAccess') continue;
      const {slotFrom, slotTo} = body.message.value;
      expect(await releases.request(idOf(bytes))).toMatchObject({slotFrom, slotTo, recordLogSize: 2n});
    }
  });

  it('in a decision', async () => {
    for (const [i, {message: decision}] of extremeNumbers(DecisionSchema, permit).entries()) {
      const bytes = encodeCanonical(BodySchema, sampleBody(SAMPLE_MESSAGES.requestAccess, BigInt(1_000 + i)));
      await block(signedBody(bytes, [PEOPLE.patient]), encodeCanonical(DecisionSchema, decision));
      const {recordLogSize, releaseUntilHeight, releaseUntilTime} = decision;
      const request = await releases.request(idOf(bytes));
      expect(request).toMatchObject({recordLogSize, releaseUntilHeight, releaseUntilTime});
      expect(await releases.releasable(request as never, {slot: 2 ** 32 - 1, logIndex: 2n ** 64n - 1n}, 5)).toEqual([]);
    }
  });

  it('in a record of Kafka, and in what became of it', async () => {
    const sample = decodeCanonical(RecordHeaderSchema, samplePosted().header);
    const numbers = extremeNumbers(RecordHeaderSchema, sample);
    let taken = 0;
    for (const {message: header} of numbers) {
      header.device = new Uint8Array(20).fill(++device);
      const accepted = await accept(messageOfHeader(encodeCanonical(RecordHeaderSchema, header)));
      if (accepted?.kind !== 'record') continue;
      taken++;
      const {recordId} = accepted.record;
      expect(await statusOf(accepted.record)).toMatchObject({recordId, state: 'accepted'});
      const {registration, slot, sequence} = await database.record.findUniqueOrThrow({where: {recordId}});
      const written = [BigInt(header.registration), BigInt(header.slot), String(header.sequence)];
      expect([registration, slot, sequence.toFixed()]).toEqual(written);
      // Another record under the same number: a conflict, with the same columns.
      const other = {...accepted.record, recordId: toHex(new Uint8Array(32).fill(device))};
      expect(await records.accept({records: [other]}, consumer.advance())).toMatchObject({conflicts: 1});
    }
    expect(taken).toBeGreaterThan(numbers.length / 2);
  });

  it('in a skip of Kafka', async () => {
    for (const {message: skip} of extremeNumbers(SkipSchema, decodeCanonical(SkipSchema, sampleSkip().skip))) {
      skip.device = new Uint8Array(20).fill(++device);
      const entry = {skip: encodeCanonical(SkipSchema, skip), signature: new Uint8Array(64)};
      const accepted = await accept(encodeCanonical(RecordAcceptedSchema, {skip: entry}));
      if (accepted?.kind !== 'skip') continue;
      const row = await database.skip.findUniqueOrThrow({where: {skipId: accepted.skip.skipId}});
      expect([row.registration, row.sequence.toFixed()]).toEqual([BigInt(skip.registration), String(skip.sequence)]);
    }
  });

  it('in the message that brings a record', async () => {
    const sample = decodeCanonical(RecordAcceptedSchema, sampleMessage());
    const waiting = new Set<bigint>();
    for (const {message} of extremeNumbers(RecordAcceptedSchema, sample, ['skip', 'skip.skip'])) {
      const header = decodeCanonical(RecordHeaderSchema, message.record?.header ?? new Uint8Array());
      header.device = new Uint8Array(20).fill(++device);
      const record = decodeCanonical(PostedRecordSchema, encodeCanonical(PostedRecordSchema, message.record as never));
      record.header = encodeCanonical(RecordHeaderSchema, header);
      expect(await accept(encodeCanonical(RecordAcceptedSchema, {...message, record}))).toBeDefined();
    }
    const pack = await claims.claim({owner: 'spec', ms: 60_000}, {records: 1_000, bytes: 1e9}, () => 'all');
    for (const {acceptedAtMs} of pack?.records ?? []) waiting.add(acceptedAtMs);
    expect(waiting).toEqual(new Set([...waiting, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]));
  });

  it('in the results of an anchor, of records and of skips', async () => {
    await database.$executeRaw`TRUNCATE records, skips, anchors CASCADE`;
    for (const {message: results} of extremeNumbers(AnchorResultsSchema, {results: [{code: 0, index: 5n}]})) {
      const record = await accept(sampleMessage({device: new Uint8Array(20).fill(++device)}));
      if (record?.kind !== 'record') throw new Error('a record');
      await storeAll(claims);
      const [{code, index} = {code: 0, index: 0n}] = results.results;
      if (code !== 0) {
        // By rule: what a code of a newer ledger means, nobody here knows, so the follower stands at the block.
        await expect(settled(record.record, results)).rejects.toThrow('not known');
        height--;
        continue;
      }
      expect(await settled(record.record, results)).toMatchObject({logIndex: index});
      const skip = await accept(skipMessage(++device));
      if (skip?.kind !== 'skip') throw new Error('a skip');
      expect((await settled(skip.skip, results))?.logIndex).toBe(index);
    }
  });

  it('in the nonce that another process used last', async () => {
    await anchors.alignNonces('used', 2n ** 64n - 2n);
    const [entry] = [{kind: 'skip', entryId: '', content: {} as never, traceparent: undefined} as const];
    let given = 0n;
    await anchors
      .sign('used', [entry], (nonce) => {
        given = nonce;
        throw new Error('enough');
      })
      .catch(() => undefined);
    expect(given).toBe(2n ** 64n - 1n);
  });

  async function settled(number: RecordNumber, results: AnchorResults): Promise<RecordStatus | undefined> {
    const bytes = await anchorNext();
    await block(signedBody(bytes, [PEOPLE.patient]), encodeCanonical(AnchorResultsSchema, results));
    return statusOf(number);
  }

  async function statusOf(number: RecordNumber): Promise<RecordStatus | undefined> {
    return (await records.byNumbers([number]))[0]?.record;
  }

  /** Signs a transaction with the entry that is due. @returns its body */
  async function anchorNext(): Promise<Uint8Array> {
    const tx = encodeCanonical(BodySchema, sampleBody(SAMPLE_MESSAGES.anchorRecords, BigInt(2_000 + ++transactions)));
    const [expiresAtHeight, expiresAtTime] = [2n ** 64n - 1n, 2n ** 64n - 1n];
    const signed = {txId: idOf(tx), txHash: '', tx, expiresAtHeight, expiresAtTime, traceparent: undefined};
    await anchors.sign(toHex(PEOPLE.patient.id), await dueEntries(anchors, 1, LATER), () => signed);
    expect((await anchors.open()).at(-1)).toMatchObject({expiresAtHeight, expiresAtTime});
    return tx;
  }

  function skipMessage(of: number): Uint8Array {
    const {skip} = sampleSkip({device: new Uint8Array(20).fill(of)});
    return encodeCanonical(RecordAcceptedSchema, {skip: {skip, signature: new Uint8Array(64)}});
  }
});
