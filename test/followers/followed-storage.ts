import {keyId, taggedHash, toHex} from '@vitalvault/contracts';
import {recordId} from '@vitalvault/envelope';
import {DEFAULT_PARAMETERS, TEST_CHAIN, recordEntry, skipEntry} from '@vitalvault/ledger-state/testing';
import type {TestKey, TestLedger} from '@vitalvault/ledger-state/testing';
import {MadeConsumer} from '@vitalvault/process/testing';
import {anchorSigner} from '../../apps/storage/src/adapters/ledger/anchor-signer.js';
import {openDatabase} from '../../apps/storage/src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../../apps/storage/src/adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from '../../apps/storage/src/adapters/prisma/prisma-ledger-store.js';
import {PrismaPackClaims} from '../../apps/storage/src/adapters/prisma/prisma-pack-claims.js';
import {PrismaRecordStore} from '../../apps/storage/src/adapters/prisma/prisma-record-store.js';
import {AnchorRecords} from '../../apps/storage/src/application/anchor-records.js';
import {EntryQueue} from '../../apps/storage/src/application/entry-queue.js';
import {FollowLedger} from '../../apps/storage/src/application/follow-ledger.js';
import type {AcceptedRecord} from '../../apps/storage/src/domain/record.js';
import {storeAll} from '../../apps/storage/test/support/store-all.js';
import {CAST, registrationOf} from './cast.js';
import type {Chance} from './chance.js';
import type {MadeBlock} from './made-block.js';

const CUSTODIAN = CAST.hospital;

const isLost = (owners: number): never => {
  throw new Error(`${String(owners)} owners would never have been looked at`);
};

/** storage of the hospital: it anchors what it accepts and follows a chain, over its real tables. */
export class FollowedStorage {
  readonly database: ReturnType<typeof openDatabase>;
  readonly records: PrismaRecordStore;
  readonly follow: FollowLedger;
  readonly #claims: PrismaPackClaims;
  readonly #anchor: AnchorRecords;
  readonly #consumer = new MadeConsumer();
  #pool: Uint8Array[] = [];

  constructor(databaseUrl: string, clock: {ms: number}) {
    const now = (): number => clock.ms;
    this.database = openDatabase({databaseUrl});
    const {key, privateKey} = CUSTODIAN.storage;
    const ownKeys = new Set([toHex(keyId(key))]);
    const anchors = new PrismaAnchorStore(this.database);
    this.records = new PrismaRecordStore(this.database, now);
    this.#claims = new PrismaPackClaims(this.database);
    this.follow = new FollowLedger({
      ownKey: toHex(keyId(key)),
      ledger: new PrismaLedgerStore(this.database, {now, parameters: DEFAULT_PARAMETERS, ownKeys}),
      onEffect: () => Promise.resolve(),
    });
    this.#anchor = new AnchorRecords(
      {
        now,
        maxOpen: 6,
        head: () => this.follow.head,
        trace: async (_entries, run) => {
          await run(undefined);
        },
        onSent: () => undefined,
        onRefused: () => undefined,
      },
      {
        anchors,
        queue: new EntryQueue({now, parameters: DEFAULT_PARAMETERS, onLost: isLost}, anchors),
        ledger: {nodes: 1, broadcast: async (tx) => void this.#pool.push(tx), highestNonce: async () => 0n},
        signer: anchorSigner({...key, privateKey}, TEST_CHAIN),
      },
    );
  }

  /** Takes a record or a skip of a device, good or not: numbers come twice and too early. */
  async accept(
    ledger: TestLedger,
    chance: Chance,
    {patient, device}: {patient: TestKey; device: TestKey},
  ): Promise<void> {
    const people = {patient, device, custodian: CUSTODIAN};
    const [registration, sequence] = [registrationOf(ledger, device), BigInt(1 + chance.int(40))];
    const fields = {registration, sequence, slot: Math.floor(Number(ledger.block.time) / 3_600) - chance.int(2)};
    const number = {device: toHex(device.id), registration, sequence};
    const {entry} = chance.once(5) ? skipEntry(people, {registration, sequence}) : recordEntry(people, fields);
    if (entry.case === 'skip') {
      const {skip, signature} = entry.value as {skip: Uint8Array; signature: Uint8Array};
      const skipId = toHex(taggedHash('skip', skip));
      const skips = [{...number, skipId, patient: toHex(patient.id), skip, signature, traceparent: undefined}];
      await this.records.accept({records: [], skips}, this.#consumer.advance());
    } else {
      const record = recordOf(entry.value as Parts, {...number, slot: fields.slot, patient: toHex(patient.id)});
      await this.records.accept({records: [record]}, this.#consumer.advance());
      await storeAll(this.#claims);
    }
  }

  /** What it sends to the ledger now. */
  async anchors(): Promise<Uint8Array[]> {
    while (await this.#anchor.execute());
    const sent = this.#pool;
    this.#pool = [];
    return sent;
  }

  take(...blocks: MadeBlock[]): Promise<void> {
    return this.follow.execute(...blocks);
  }
}

type Parts = Pick<AcceptedRecord, 'header' | 'ciphertextHash' | 'innerKeyHash' | 'sealedKeyHash' | 'signature'>;

const recordOf = (
  parts: Parts,
  known: Pick<AcceptedRecord, 'device' | 'registration' | 'sequence' | 'slot' | 'patient'>,
): AcceptedRecord => ({
  ...parts,
  ...known,
  recordId: toHex(recordId(parts)),
  typeTag: 'aa'.repeat(16),
  ciphertext: new Uint8Array(8),
  sealedKey: new Uint8Array(8),
  receipt: new Uint8Array(8),
  acceptedAtMs: 1n,
  cid: `cid-${toHex(recordId(parts)).slice(0, 8)}`,
  traceparent: undefined,
});
