import {create} from '@bufbuild/protobuf';
import {STATE_KIND, decodeCanonical, sha256Of, slotOf, toHex, transactionId} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordToReleaseSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {partsOfPosted, sealRecord} from '@vitalvault/envelope';
import {
  HEART_RATE,
  PEOPLE,
  TEST_CHAIN,
  anchorRecords,
  enrolPatient,
  epochStatement,
  putGrant,
  registerDevice,
  registerMember,
  requestAccess,
  testEncryptionKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {AccessLeaves} from '../../src/application/access-leaves.js';
import {ProjectBlocks} from '../../src/application/project-blocks.js';
import {projectGenesis} from '../../src/application/project-genesis.js';
import {TransactionOutcomes} from '../../src/application/transaction-outcomes.js';
import {FakeChain} from './fake-chain.js';
import {MemoryProjectionStore} from './memory-projection-store.js';
import {MemoryTraces} from './memory-traces.js';

type GrantFields = Parameters<typeof putGrant>[2];
type AccessFields = Parameters<typeof requestAccess>[1];
type HeaderFields = Omit<Partial<RecordHeader>, '$typeName' | '$unknown'>;

export const HOSPITAL = testOrganisation('hospital');
export const READER = testEncryptionKey('one-time');
const EPOCH = testEncryptionKey('epoch');
const {patient, recovery, clinician, device} = PEOPLE;

/**
 * What a release is about: a chain with a patient, her device, its records and a clinician; policy's projection of it.
 */
export class ReleaseWorld {
  readonly chain: FakeChain;
  readonly store = new MemoryProjectionStore();
  readonly outcomes = new TransactionOutcomes(this.store);
  readonly slot: number;
  /** Who asked for each permit. */
  protected readonly asked = new Map<string, TestKey>();
  #random = 0;
  #sequence = 0n;
  #projected = 0;

  /** @param startSeconds block time at the beginning */
  constructor(startSeconds: bigint) {
    this.chain = new FakeChain(startSeconds);
    this.slot = slotOf(startSeconds);
  }

  /** Enrolled, endorsed, registered, granted. */
  async begin(grant: GrantFields = {}): Promise<this> {
    this.chain.run(registerMember(HOSPITAL, clinician), [HOSPITAL.sponsor, clinician]);
    this.chain.run(enrolPatient(patient, recovery), [HOSPITAL.sponsor, patient, recovery]);
    this.chain.run(
      {
        case: 'publishKeys',
        value: {identity: patient.id, epochStatements: [epochStatement(patient, {fromSlot: this.slot - 1_000})]},
      },
      [patient],
    );
    this.chain.run(registerDevice(patient, device), [patient, device]);
    this.grant(grant);
    await this.project();
    return this;
  }

  grant(fields: GrantFields = {}): void {
    const bounds = {
      accessFromSlot: this.slot - 1,
      accessToSlot: this.slot + 10,
      dataFromSlot: this.slot - 100,
      dataToSlot: this.slot,
    };
    this.chain.run(putGrant(patient.id, clinician.id, {...bounds, ...fields}), [patient]);
  }

  /** Sealed, signed and anchored, as storage would hand it to policy. */
  async record(header: HeaderFields = {}, custodian = HOSPITAL): Promise<RecordToRelease> {
    const sequence = ++this.#sequence;
    const posted = await sealRecord({
      header: {
        chainId: TEST_CHAIN,
        patient: patient.id,
        registration: 1,
        typeTag: HEART_RATE,
        epoch: 1,
        slot: this.slot - 1,
        sequence,
        tagSequence: sequence,
        ...header,
      },
      payload: {
        schemaId: 'omh:heart-rate:2.0',
        schemaHash: new Uint8Array(32),
        encoding: 1,
        readings: [new TextEncoder().encode('{"v":93}')],
      },
      epochPublicKey: EPOCH.publicKey,
      releasePublicKey: custodian.release.publicKey,
      devicePrivateKey: device.privateKey,
      random: (n) => this.random(n),
    });
    const {signature} = posted;
    this.chain.run(anchorRecords([{entry: {case: 'record', value: {...partsOfPosted(posted), signature}}}]), [
      custodian.storage,
    ]);
    const leaves = this.chain.ledger.state.leaves(STATE_KIND.recordLog, patient.id);
    const last = leaves.at(-1);
    const entry = last === undefined ? undefined : decodeCanonical(RecordLeafSchema, last).entry?.entry;
    if (entry?.case !== 'record' || toHex(entry.value.signature) !== toHex(signature))
      throw new Error('the test record was not anchored');
    return toRelease(posted, BigInt(leaves.length - 1));
  }

  /** A request for access, committed and projected. @returns its transaction id. */
  async ask(fields: AccessFields = {}, reader: TestKey = clinician): Promise<string> {
    const {code, tx} = this.chain.run(
      requestAccess(patient.id, {slotFrom: this.slot - 2, slotTo: this.slot - 1, ...fields}),
      [reader],
    );
    if (code !== 0) throw new Error(`the request has code ${String(code)}`);
    await this.project();
    const {body, signatures} = decodeCanonical(TxSchema, tx);
    const txId = toHex(transactionId(body, signatures));
    this.asked.set(txId, reader);
    return txId;
  }

  /** Brings the projection up to the chain. */
  async project(): Promise<void> {
    const ports = {store: this.store, leaves: new AccessLeaves({logs: this.chain, projection: this.store})};
    const projectBlocks = new ProjectBlocks({...ports, traces: new MemoryTraces(), outcomes: this.outcomes});
    await projectGenesis(this.chain.genesis, this.store);
    for (const block of this.chain.blocks.slice(this.#projected)) await projectBlocks.execute(block);
    this.#projected = this.chain.blocks.length;
  }

  private random(length: number): Uint8Array {
    const blocks = Array.from({length: Math.ceil(length / 32)}, () =>
      sha256Of(new TextEncoder().encode(`story ${String(this.#random++)}`)),
    );
    return Uint8Array.from(blocks.flatMap((block) => [...block])).subarray(0, length);
  }
}

function toRelease(posted: PostedRecord, logIndex: bigint): RecordToRelease {
  const {header, ciphertextHash, innerKeyHash} = partsOfPosted(posted);
  return create(RecordToReleaseSchema, {
    header,
    ciphertextHash,
    innerKeyHash,
    sealedKey: posted.sealedKey,
    signature: posted.signature,
    logIndex,
  });
}
