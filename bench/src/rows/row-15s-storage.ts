import {decodeCanonical, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {AnchorResultsSchema, BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {publicKeyOf} from '@vitalvault/envelope';
import {buildPack, rootOf} from '@vitalvault/ipfs-cluster-client';
import {runMigrations} from '@vitalvault/postgres';
import {MadeConsumer} from '@vitalvault/process/testing';
import {startEngines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {anchorSigner} from '../../../apps/storage/src/adapters/ledger/anchor-signer.js';
import {openDatabase} from '../../../apps/storage/src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../../../apps/storage/src/adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from '../../../apps/storage/src/adapters/prisma/prisma-ledger-store.js';
import {PrismaPackClaims} from '../../../apps/storage/src/adapters/prisma/prisma-pack-claims.js';
import {PrismaRecordStore} from '../../../apps/storage/src/adapters/prisma/prisma-record-store.js';
import {AcceptRecords} from '../../../apps/storage/src/application/accept-records.js';
import {AnchorRecords} from '../../../apps/storage/src/application/anchor-records.js';
import {EntryQueue} from '../../../apps/storage/src/application/entry-queue.js';
import {FollowLedger} from '../../../apps/storage/src/application/follow-ledger.js';
import {CHAIN_ID, sampleMessage} from '../../../apps/storage/test/support/sample-records.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const MIGRATIONS = join(import.meta.dirname, '../../../apps/storage/prisma/migrations');
const [ACCEPT, PACK, ANCHOR, SETTLE] = ['accept', 'pack', 'anchor', 'settle'];
/** What a device seals of 64 readings. */
const CIPHERTEXT_BYTES = 4_096;
const DEVICES = 64;
const DEVICES_OF_PATIENT = 4;
/** As Kafka brings them at the most. */
const BATCH = 250;
/** Nothing waits for a quota. */
const QUOTA = {burst: 1_000_000, refill: 1_000_000, seconds: 1} as const;
const PARAMETERS = {
  ...{deviceEntries: QUOTA, ownerEntries: QUOTA, organisationEntries: QUOTA},
  ...{removalGraceBlocks: 1, removalGraceSeconds: 60},
} as const;
const now = (): number => Date.now();
const id = (kind: number, number: number): Uint8Array => sha256Of(Uint8Array.of(kind, number)).slice(0, 20);

/**
 * storage's own steps with records of 64 readings, and of its neighbours PostgreSQL alone: what row 15 asks of the
 * process that is the busiest there, without the others' noise.
 */
export const ROW_15S: Row = {
  number: '15s',
  title: 'storage alone: its CPU for a record, by step',
  arms: arms('CPU ms for a record', ACCEPT, PACK, ANCHOR, SETTLE),
  claims: [
    {
      title: 'all steps together',
      of: (round) => [ACCEPT, PACK, ANCHOR, SETTLE].reduce((sum, arm) => sum + (round[arm] ?? Number.NaN), 0),
    },
  ],
  rounds: {full: 7, quick: 2},
  setup: async ({scratch, quick}) => {
    const engines = await startEngines({only: ['postgres']});
    scratch.defer(() => engines.stop());
    const databaseUrl = engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl, dir: MIGRATIONS});
    const database = openDatabase({databaseUrl});
    scratch.defer(() => database.$disconnect());
    const steps = new Steps(database);
    const count = quick ? 500 : 2_000;
    let messages: Uint8Array[] = [];
    return {
      prepare: (arm) => {
        if (arm === ACCEPT) messages = steps.messages(count);
      },
      sample: async (arm) => {
        const before = process.cpuUsage();
        if (arm === ACCEPT) await steps.accept(messages);
        else if (arm === PACK) await steps.pack();
        else if (arm === ANCHOR) await steps.anchor();
        else await steps.settle();
        const {user, system} = process.cpuUsage(before);
        return (user + system) / 1_000 / count;
      },
    };
  },
};

/** The services' use cases over its own adapters, with a ledger that takes everything. */
class Steps {
  readonly #consumer = new MadeConsumer();
  readonly #sequences = Array.from({length: DEVICES}, () => 0n);
  readonly #claims: PrismaPackClaims;
  readonly #accept: AcceptRecords;
  readonly #anchor: AnchorRecords;
  readonly #follow: FollowLedger;
  #pending: Uint8Array[] = [];
  #height = 0n;
  #leaves = 0n;
  #next = 0;

  constructor(database: ReturnType<typeof openDatabase>) {
    const parameters = PARAMETERS;
    const privateKey = sha256Of(Uint8Array.of(1));
    const signer = anchorSigner({alg: 1, privateKey, publicKey: publicKeyOf(privateKey)}, CHAIN_ID);
    const ports = {records: new PrismaRecordStore(database, now), onRecords: () => undefined, onSkips: () => undefined};
    this.#claims = new PrismaPackClaims(database);
    this.#accept = new AcceptRecords({chainId: CHAIN_ID}, ports);
    const anchors = new PrismaAnchorStore(database);
    const queue = new EntryQueue({now, parameters, onLost: () => undefined}, anchors);
    const ledger = new PrismaLedgerStore(database, {now, parameters, ownKeys: new Set([signer.keyId])});
    this.#follow = new FollowLedger({ownKey: signer.keyId, ledger, onEffect: () => Promise.resolve()});
    this.#anchor = new AnchorRecords(
      {
        now,
        maxOpen: Number.POSITIVE_INFINITY,
        head: () => this.#follow.head,
        trace: async (_entries, run) => {
          await run(undefined);
        },
        onSent: () => undefined,
        onRefused: () => undefined,
      },
      {
        anchors,
        queue,
        signer,
        ledger: {
          nodes: 1,
          broadcast: (tx) => Promise.resolve(void this.#pending.push(tx)),
          highestNonce: () => Promise.resolve(0n),
        },
      },
    );
  }

  /** Of the devices in turn. */
  messages(count: number): Uint8Array[] {
    return Array.from({length: count}, () => {
      const place = this.#next++ % DEVICES;
      const sequence = (this.#sequences[place] ?? 0n) + 1n;
      this.#sequences[place] = sequence;
      const patient = id(1, Math.floor(place / DEVICES_OF_PATIENT));
      return sampleMessage({
        sequence,
        device: id(2, place),
        patient,
        ciphertextBytes: CIPHERTEXT_BYTES,
        text: `${place}`,
        slot: 1,
      });
    });
  }

  async accept(messages: readonly Uint8Array[]): Promise<void> {
    for (let from = 0; from < messages.length; from += BATCH) {
      const batch = messages.slice(from, from + BATCH).map((value) => ({value, traceparent: undefined}));
      await this.#accept.execute(batch, this.#consumer.advance());
    }
  }

  async pack(): Promise<void> {
    const lease = {owner: 'bench', ms: 60_000};
    for (;;) {
      const pack = await this.#claims.claim(lease, {records: BATCH, bytes: 4 * 1_048_576}, rootOf);
      if (pack === undefined) return;
      const blocks = pack.records.map(({cid, ciphertext}) => ({cid, bytes: ciphertext}));
      buildPack(blocks, pack.id);
      await this.#claims.stored({root: pack.root, replicas: 2});
    }
  }

  async anchor(): Promise<void> {
    if (this.#height === 0n) await this.#block([]);
    while (await this.#anchor.execute());
  }

  /** All that was sent, a few transactions in a block. */
  async settle(): Promise<void> {
    while (this.#pending.length > 0) await this.#block(this.#pending.splice(0, 4));
  }

  async #block(txs: readonly Uint8Array[]): Promise<void> {
    const results = txs.map((tx) => ({
      code: 0,
      data: encodeCanonical(AnchorResultsSchema, {
        results: entriesOf(tx).map(() => ({code: 0, index: this.#leaves++})),
      }),
    }));
    this.#height += 1n;
    const timeSeconds = BigInt(Math.floor(now() / 1_000));
    await this.#follow.execute({height: this.#height, timeSeconds, txs, results});
  }
}

const entriesOf = (tx: Uint8Array): readonly unknown[] => {
  const {message} = decodeCanonical(BodySchema, decodeCanonical(TxSchema, tx).body);
  return message.case === 'anchorRecords' ? message.value.entries : [];
};
