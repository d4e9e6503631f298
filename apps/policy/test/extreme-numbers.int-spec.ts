import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {decodeCanonical, encodeCanonical, fromHex, toHex, transactionId} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {
  AccessLeafSchema,
  DeviceSchema,
  PatientSchema,
  RegistrationSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {
  extremeNumbers,
  HEART_RATE,
  PEOPLE,
  SAMPLE_LEAVES,
  sampleBody,
  SAMPLE_MESSAGES,
  signedBody,
  testGenesis,
} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaDocumentStore} from '../src/adapters/prisma/prisma-document-store.js';
import {PrismaProjectionStore} from '../src/adapters/prisma/prisma-projection-store.js';
import type {AccessLeaves, NewLeaf} from '../src/application/access-leaves.js';
import type {DecodedBlock} from '../src/domain/decode-block.js';
import type {ProjectionWriter} from '../src/application/ports.js';
import {ProjectBlocks} from '../src/application/project-blocks.js';
import {projectGenesis} from '../src/application/project-genesis.js';
import {TransactionOutcomes} from '../src/application/transaction-outcomes.js';
import {MemoryTraces} from './support/memory-traces.js';

const {patient, device} = PEOPLE;
const ANOTHER_ALGORITHM = /\.(signingKey|newSigningKey|deviceKey)\.alg = /;
const UINT32 = [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const UINT64 = [0n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

/** Every uint32 and uint64 that a block or a leaf can bring, at the ends of its range, into PostgreSQL and back. */
describe('no legal number stops policy', () => {
  let engines: Engines;
  let database: Database;
  let store: PrismaProjectionStore;
  let height = 0n;
  let who = 0;
  let leaf: NewLeaf | undefined;
  let projectBlocks: ProjectBlocks;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_policy');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
    database = openDatabase({databaseUrl});
    store = new PrismaProjectionStore(database);
    const leaves = {
      ofBlocks: ([block]: readonly DecodedBlock[]) =>
        Promise.resolve(new Map(leaf === undefined ? [] : [[block?.transactions[0], leaf]])),
    };
    projectBlocks = new ProjectBlocks({
      store,
      leaves: leaves as unknown as AccessLeaves,
      traces: new MemoryTraces(),
      outcomes: new TransactionOutcomes(store),
    });
    await projectGenesis(decodeCanonical(GenesisSchema, testGenesis(['hospital'])), store);
  }, 600_000);

  afterAll(async () => {
    await database.$disconnect();
    await engines.stop();
  });

  const next = async (): Promise<bigint> => (height = ((await store.position())?.height ?? 0n) + 1n);
  const write = async (effects: (writer: ProjectionWriter) => Promise<void>): Promise<boolean> =>
    store.project([{height: await next(), timeSeconds: 10n}], effects);
  /** A patient of whom nothing is known but that she is one, with a device. */
  const newPatient = async (registration = 1): Promise<string> => {
    const id = (++who).toString(16).padStart(40, '0');
    await write(async (writer) => {
      await writer.putPatient(id, create(PatientSchema, {signingKey: patient.key}));
      await writer.putDevice(toHex(device.id), create(DeviceSchema, {key: device.key, registration}));
      await writer.putRegistration(toHex(device.id), registration, create(RegistrationSchema, {owner: fromHex(id)}));
    });
    return id;
  };
  const sampleLeaf = (event: keyof typeof SAMPLE_LEAVES) => ({
    index: 0n,
    height: 1n,
    txId: new Uint8Array(32),
    event: SAMPLE_LEAVES[event].event,
  });
  /** Projects one transaction that makes this leaf of hers, or none. */
  const project = async (body: Uint8Array, of?: {patient: string; leaf: AccessLeaf}): Promise<void> => {
    leaf = undefined;
    await next();
    if (of !== undefined) {
      // A leaf is taken at its own block only, so its height is CometBFT's.
      of.leaf.height = height;
      of.leaf.txId = transactionId(body, [patient.key]);
      leaf = {patient: of.patient, leaf: of.leaf, bytes: encodeCanonical(AccessLeafSchema, of.leaf)};
    }
    const transactions = [{bytes: signedBody(body, [patient]), code: 0, data: new Uint8Array()}];
    await projectBlocks.execute({height, timeSeconds: 10n, transactions});
  };

  const events = Object.keys(SAMPLE_LEAVES) as (keyof typeof SAMPLE_LEAVES)[];

  it.each(events)('in a leaf of %s', async (event) => {
    for (const {message: extreme} of extremeNumbers(AccessLeafSchema, sampleLeaf(event))) {
      const {value} = extreme.event as {value: {registration?: number}};
      const id = await newPatient(value.registration);
      const body = encodeCanonical(BodySchema, sampleBody(SAMPLE_MESSAGES[SAMPLE_LEAVES[event].by], BigInt(who)));
      await project(body, {patient: id, leaf: extreme});
      const stored = await store.leafAt(id, extreme.index);
      expect([stored?.index, stored?.leaf]).toEqual([extreme.index, extreme]);
      expect(await store.accessLogSize(id)).toBe(extreme.index + 1n);
      if (extreme.event.case === 'deviceRegistered')
        expect((await store.registrationsOf(id)).at(-1)?.registration).toBe(value.registration);
    }
  });

  const byLeaf = new Map<string, keyof typeof SAMPLE_LEAVES>(events.map((event) => [SAMPLE_LEAVES[event].by, event]));

  it.each(Object.keys(SAMPLE_MESSAGES) as (keyof typeof SAMPLE_MESSAGES)[])('in a block with %s', async (name) => {
    const event = byLeaf.get(name);
    for (const {name: number, message} of extremeNumbers(BodySchema, sampleBody(SAMPLE_MESSAGES[name]))) {
      const id = await newPatient();
      const body = encodeCanonical(BodySchema, message);
      const made = event && {patient: id, leaf: create(AccessLeafSchema, sampleLeaf(event))};
      // The same body twice is one transaction, whose leaf is there already.
      if ((await store.transaction(toHex(transactionId(body, [patient.key])))) !== undefined) continue;
      if (ANOTHER_ALGORITHM.test(number)) {
        // By rule: a key that nobody here can verify by stops the projection.
        await expect(project(body, made)).rejects.toThrow('unknown algorithm');
        continue;
      }
      await project(body, made);
      expect(await store.transaction(toHex(transactionId(body, [patient.key])))).toMatchObject({code: 0, height});
    }
  });

  it('in an epoch statement', async () => {
    const sample = {
      chainId: 'spec',
      patient: patient.id,
      typeTag: HEART_RATE,
      epoch: 1,
      publicKey: patient.id,
      fromSlot: 1,
    };
    for (const {message} of extremeNumbers(EpochStatementSchema, sample)) {
      const id = await newPatient();
      const made = create(AccessLeafSchema, sampleLeaf('keys'));
      if (made.event.case !== 'keys') throw new Error('keys');
      const [statement] = made.event.value.epochStatements;
      if (statement !== undefined) statement.statement = encodeCanonical(EpochStatementSchema, message);
      const body = encodeCanonical(BodySchema, sampleBody(SAMPLE_MESSAGES.publishKeys, BigInt(1_000 + who)));
      await project(body, {patient: id, leaf: made});
      expect(await store.epochStatements(id)).toEqual([statement]);
      expect((await database.epochStatement.findFirst({where: {patient: id}}))?.epoch).toBe(BigInt(message.epoch));
    }
  });

  it('in the results of a block, in reads and in versions of wrapped keys', async () => {
    const documents = new PrismaDocumentStore(database);
    for (const code of UINT32) {
      const outcome = {txId: toHex(Buffer.alloc(32, `c${String(code)}`)), txHash: '', height: 0n, index: 0};
      const data = new Uint8Array();
      await write((writer) => writer.putTransaction({...outcome, code, data}));
      expect((await store.transaction(outcome.txId))?.code).toBe(code);
      await documents.putWraps({patient: String(code), grantId: 'g', version: code, value: data});
      expect((await documents.wraps(String(code), 'g'))?.version).toBe(code);
    }
    for (const reads of UINT64) {
      await write((writer) => writer.putReadsUsed('p', 'g', reads));
      expect(await store.readsUsed('p', 'g')).toBe(reads);
    }
  });

  it('in the genesis', async () => {
    const genesis = decodeCanonical(GenesisSchema, testGenesis(['hospital']));
    for (const {message} of extremeNumbers(GenesisSchema, genesis)) {
      await database.$executeRaw`TRUNCATE blocks, organisations, organisation_keys, keys`;
      await projectGenesis(message, store);
      const [organisation] = message.organisations;
      const keys = await store.organisationKeys(toHex(organisation?.id ?? new Uint8Array()));
      const written = organisation?.keys ?? [];
      expect(new Set(keys.map((key) => key.role))).toEqual(new Set(written.map(({role}) => role)));
      expect(keys.map(({fromSlot}) => fromSlot).toSorted()).toEqual(written.map(({fromSlot}) => fromSlot).toSorted());
    }
  });
});
