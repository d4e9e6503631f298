import {PURPOSE, encodeCanonical, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {requestAccess} from '@vitalvault/ledger-state/testing';
import type {TxMessage} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {
  generateEncryptionKey,
  generateSigningKey,
  recordIdOfPosted,
  sealRecord,
  signAccepted,
  signEpochStatement,
  signSkip,
  signTx,
  typeTag,
} from '@vitalvault/envelope';
import type {KeyPair} from '@vitalvault/envelope';
import {BlockFollower, LedgerClient} from '@vitalvault/ledger-client';
import type {TxOutcome} from '@vitalvault/ledger-client';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

const random = (length: number): Uint8Array => randomBytes(length);
const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
const idOf = (pair: KeyPair): Uint8Array => keyId({alg: 1, publicKey: pair.publicKey});
const keyOf = (pair: KeyPair): {alg: number; publicKey: Uint8Array} => ({alg: 1, publicKey: pair.publicKey});

/**
 * One patient with one device, enrolled by the organisation that runs the stack; speaks to the ledger without policy.
 */
export class Person {
  readonly signing = generateSigningKey(random);
  readonly encryption = generateEncryptionKey(random);
  readonly recovery = generateSigningKey(random);
  readonly device = generateSigningKey(random);
  readonly epoch = generateEncryptionKey(random);
  readonly readerKey = generateEncryptionKey(random);
  readonly tag = typeTag(random(32), 'omh:heart-rate');
  readonly id = idOf(this.signing);
  readonly slot = Math.floor(Date.now() / 3_600_000);

  private constructor(private readonly world: World) {}

  static async enrolled(world: World): Promise<Person> {
    const person = new Person(world);
    const {signing, encryption, recovery, device} = person;
    await world.commit(
      {
        case: 'enrolPatient',
        value: {signingKey: keyOf(signing), encryptionKey: encryption.publicKey, recoveryKey: keyOf(recovery)},
      },
      [world.sponsor, signing, recovery],
    );
    const statement = {
      chainId: world.chainId,
      patient: person.id,
      typeTag: person.tag,
      epoch: 1,
      publicKey: person.epoch.publicKey,
      fromSlot: person.slot - 100,
    };
    await world.commit(
      {
        case: 'publishKeys',
        value: {identity: person.id, epochStatements: [signEpochStatement(statement, signing.privateKey)]},
      },
      [signing],
    );
    await world.commit(
      {
        case: 'registerDevice',
        value: {
          owner: person.id,
          deviceKey: keyOf(device),
          typeTags: [person.tag],
          deviceClass: 1,
          fromSlot: person.slot - 100,
        },
      },
      [signing, device],
    );
    return person;
  }

  /** A record as ingest would put it on the bus. */
  async accepted(
    sequence: bigint,
    text = 'reading',
    slot = this.slot,
  ): Promise<{recordId: string; value: Uint8Array; ciphertext: Uint8Array}> {
    const {world} = this;
    const record = await sealRecord({
      header: {
        chainId: world.chainId,
        patient: this.id,
        registration: 1,
        typeTag: this.tag,
        epoch: 1,
        slot,
        sequence,
        tagSequence: sequence,
      },
      payload: {schemaId: 'omh:heart-rate:2.0', schemaHash: random(32), encoding: 1, readings: [Buffer.from(text)]},
      epochPublicKey: this.epoch.publicKey,
      releasePublicKey: world.release.publicKey,
      devicePrivateKey: this.device.privateKey,
      random,
    });
    const recordId = recordIdOfPosted(record);
    const receipt = signAccepted(
      {
        chainId: world.chainId,
        organisation: world.organisation,
        recordId,
        device: idOf(this.device),
        registration: 1,
        sequence,
        acceptedAtMs: BigInt(Date.now()),
      },
      world.ingest.privateKey,
    );
    return {
      recordId: toHex(recordId),
      ciphertext: record.ciphertext,
      value: encodeCanonical(RecordAcceptedSchema, {record, receipt, acceptedAtMs: BigInt(Date.now())}),
    };
  }

  /** A number given up, as ingest would put it on the bus. */
  skip(sequence: bigint): Uint8Array {
    const skip = signSkip(
      {
        chainId: this.world.chainId,
        patient: this.id,
        device: this.deviceId,
        registration: 1,
        sequence,
        typeTag: this.tag,
        tagSequence: sequence,
      },
      this.device.privateKey,
    );
    return encodeCanonical(RecordAcceptedSchema, {skip, acceptedAtMs: BigInt(Date.now())});
  }

  get deviceId(): Uint8Array {
    return idOf(this.device);
  }

  /** The patient asks for her own: permitted by rule 0. */
  async requestOwn(slotFrom = this.slot, slotTo = this.slot): Promise<string> {
    const {txId} = await this.world.commit(
      requestAccess(this.id, {
        grantId: new Uint8Array(16),
        typeTag: this.tag,
        slotFrom,
        slotTo,
        purpose: PURPOSE.PATRQT,
        readerKey: this.readerKey.publicKey,
      }),
      [this.signing],
    );
    return txId;
  }
}

/** The ledger and the organisation's keys. */
export class World {
  readonly #nonces = new Map<string, bigint>();
  readonly #follower: BlockFollower;

  private constructor(
    private readonly client: LedgerClient,
    readonly chainId: string,
    readonly organisation: Uint8Array,
    readonly sponsor: KeyPair,
    readonly ingest: KeyPair,
    readonly release: KeyPair,
  ) {
    this.#follower = new BlockFollower({
      client,
      stored: () => Promise.resolve({height: 0n}),
      onBlocks: () => Promise.resolve(),
      log: quiet,
    });
    this.#follower.start();
  }

  static async of({endpoints, data}: Engines): Promise<World> {
    const key = async (role: string): Promise<KeyPair> => {
      const {publicKey, privateKey} = JSON.parse(
        await readFile(join(data, 'org', '0', `${role}.key.json`), 'utf8'),
      ) as Record<'publicKey' | 'privateKey', string>;
      return {publicKey: fromHex(publicKey), privateKey: fromHex(privateKey)};
    };
    const client = new LedgerClient({rpcUrls: endpoints.validators.map(({rpc}) => rpc), log: quiet});
    return new World(
      client,
      endpoints.chainId,
      fromHex(endpoints.organisations[0]?.id ?? ''),
      await key('sponsor'),
      await key('ingest'),
      await key('release'),
    );
  }

  async commit(message: TxMessage, signers: readonly KeyPair[]): Promise<TxOutcome & {txId: string}> {
    const [first] = signers;
    const nonceKey = toHex(first?.publicKey ?? new Uint8Array());
    const nonce = (this.#nonces.get(nonceKey) ?? 0n) + 1n;
    this.#nonces.set(nonceKey, nonce);
    const {height} = await this.client.status();
    const expiry = {expiresAtHeight: height + 1_000n, expiresAtTime: BigInt(Math.floor(Date.now() / 1_000) + 3_600)};
    const {txId} = await this.client.broadcast(
      signTx(
        {version: 1, chainId: this.chainId, ...expiry, nonce, message},
        signers.map(({privateKey}) => privateKey),
      ),
    );
    const outcome = await this.#follower.waitForTx(txId, 20_000);
    if (outcome.code !== 0) throw new Error(`transaction refused with ${String(outcome.code)}`);
    return {...outcome, txId};
  }

  async close(): Promise<void> {
    await this.#follower.stop();
    this.client.close();
  }
}
