import {fromHex, toDecimal, toHex} from '@vitalvault/contracts';
import {keepMessages} from '@vitalvault/postgres';
import {
  DeviceSchema,
  GrantSchema,
  KeyOwnerSchema,
  MemberSchema,
  OrganisationKeySchema,
  OrganisationSchema,
  PatientSchema,
  RegistrationSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {
  Device,
  Grant,
  Member,
  Organisation,
  OrganisationKey,
  Patient,
  Registration,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedEpochStatementSchema, SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SignedEpochStatement, SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import type {Announcement, Id, KnownKey, ProjectionWriter, StoredGrant, StoredLeaf} from '../../application/ports.js';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';
import type {Prisma} from './gen/client.js';
import {PrismaProjection, outcomeOf} from './prisma-projection.js';
import {bytesOf, ownBytes} from './stored-value.js';

/** Rows of one statement: PostgreSQL takes 65,535 parameters. */
const ROWS = 1_000;

/**
 * Writes the effects of one block; its session is that block's transaction. A legal block has thousands of requests for
 * access: what each of them reads is asked once, and what each of them adds is written together, by `flush`.
 */
export class PrismaProjectionWriter extends PrismaProjection implements ProjectionWriter {
  readonly #members = new Map<Id, Member | undefined>();
  readonly #grants = new Map<string, Grant | undefined>();
  readonly #reads = new Map<string, {patient: Id; grantId: Id; reads: bigint; written: boolean}>();
  /** Stored before this block; undefined: not. */
  readonly #stored = new Map<Id, TransactionOutcome | undefined>();
  readonly #outcomes = new Map<Id, TransactionOutcome>();
  readonly #logSizes = new Map<Id, bigint>();
  #leaves: Prisma.AccessLeafCreateManyInput[] = [];
  #announcements: Announcement[] = [];

  override async member(id: Id): Promise<Member | undefined> {
    if (!this.#members.has(id)) this.#members.set(id, await super.member(id));
    return this.#members.get(id);
  }

  override async grant(patient: Id, grantId: Id): Promise<Grant | undefined> {
    const place = placeOf(patient, grantId);
    if (!this.#grants.has(place)) this.#grants.set(place, await super.grant(patient, grantId));
    return this.#grants.get(place);
  }

  override async readsUsed(patient: Id, grantId: Id): Promise<bigint> {
    const place = placeOf(patient, grantId);
    const found = this.#reads.get(place) ?? {
      patient,
      grantId,
      reads: await super.readsUsed(patient, grantId),
      written: true,
    };
    this.#reads.set(place, found);
    return found.reads;
  }

  override async grantsOf(patient: Id): Promise<StoredGrant[]> {
    await this.flush();
    return super.grantsOf(patient);
  }

  override async accessLogSize(patient: Id): Promise<bigint> {
    return this.#logSizes.get(patient) ?? (await super.accessLogSize(patient));
  }

  override async leafAt(patient: Id, index: bigint): Promise<StoredLeaf | undefined> {
    await this.flush();
    return super.leafAt(patient, index);
  }

  override async leafOfTransaction(txId: Id): Promise<StoredLeaf | undefined> {
    await this.flush();
    return super.leafOfTransaction(txId);
  }

  override async transaction(txId: Id): Promise<TransactionOutcome | undefined> {
    const written = this.#outcomes.get(txId);
    if (written !== undefined) return written;
    if (!this.#stored.has(txId)) this.#stored.set(txId, await super.transaction(txId));
    return this.#stored.get(txId);
  }

  /** Writes what is gathered. Nothing of the block may be left out: called before its transaction ends. */
  async flush(): Promise<void> {
    await this.#writeOutcomes();
    for (const rows of partsOf(this.#leaves)) await this.session.accessLeaf.createMany({data: rows});
    for (const [id, size] of this.#logSizes)
      await this.session.patient.update({where: {id}, data: {accessLogSize: toDecimal(size)}});
    for (const one of this.#reads.values()) if (!one.written) await this.#writeReads(one);
    for (const some of partsOf(this.#announcements))
      await keepMessages(
        this.session,
        some.map((one) => ({...one, key: fromHex(one.key)})),
      );
    [this.#leaves, this.#announcements] = [[], []];
    this.#logSizes.clear();
  }

  async #writeOutcomes(): Promise<void> {
    const rows = [...this.#outcomes.values()].map(outcomeRow);
    const isNew = ({txId}: {txId: Id}): boolean => this.#stored.get(txId) === undefined;
    for (const data of partsOf(rows.filter(isNew))) await this.session.transaction.createMany({data});
    for (const data of rows) if (!isNew(data)) await this.session.transaction.update({where: {txId: data.txId}, data});
    for (const [txId, outcome] of this.#outcomes) this.#stored.set(txId, outcome);
    this.#outcomes.clear();
  }

  async #writeReads(one: {patient: Id; grantId: Id; reads: bigint; written: boolean}): Promise<void> {
    const {patient, grantId} = one;
    const reads = toDecimal(one.reads);
    await this.session.readsUsed.upsert({
      where: {patient_grantId: {patient, grantId}},
      create: {patient, grantId, reads},
      update: {reads},
    });
    one.written = true;
  }

  async putOrganisation(id: Id, organisation: Organisation): Promise<void> {
    const value = bytesOf(OrganisationSchema, organisation);
    await this.session.organisation.upsert({where: {id}, create: {id, value}, update: {value}});
  }

  async putOrganisationKey(keyId: Id, key: OrganisationKey): Promise<void> {
    const row = {
      organisation: toHex(key.organisation),
      role: BigInt(key.role),
      value: bytesOf(OrganisationKeySchema, key),
    };
    await this.session.organisationKey.upsert({where: {keyId}, create: {keyId, ...row}, update: row});
  }

  async putMember(id: Id, member: Member): Promise<void> {
    const row = {organisation: toHex(member.organisation), value: bytesOf(MemberSchema, member)};
    await this.session.member.upsert({where: {id}, create: {id, ...row}, update: row});
    this.#members.set(id, member);
  }

  async putPatient(id: Id, patient: Patient): Promise<void> {
    const value = bytesOf(PatientSchema, patient);
    await this.session.patient.upsert({where: {id}, create: {id, value, accessLogSize: 0}, update: {value}});
  }

  async putKey(keyId: Id, key: KnownKey): Promise<void> {
    const row = {publicKey: ownBytes(key.publicKey), value: bytesOf(KeyOwnerSchema, key.owner)};
    await this.session.key.upsert({where: {keyId}, create: {keyId, ...row}, update: row});
  }

  async putDevice(id: Id, device: Device): Promise<void> {
    const value = bytesOf(DeviceSchema, device);
    await this.session.device.upsert({where: {id}, create: {id, value}, update: {value}});
  }

  async putRegistration(device: Id, registration: number, entry: Registration): Promise<void> {
    const row = {owner: toHex(entry.owner), value: bytesOf(RegistrationSchema, entry)};
    await this.session.registration.upsert({
      where: {device_registration: {device, registration: BigInt(registration)}},
      create: {device, registration: BigInt(registration), ...row},
      update: row,
    });
  }

  async putEpochStatement(
    place: {patient: Id; typeTag: Id; epoch: number},
    statement: SignedEpochStatement,
  ): Promise<void> {
    const value = bytesOf(SignedEpochStatementSchema, statement);
    const key = {...place, epoch: BigInt(place.epoch)};
    await this.session.epochStatement.upsert({
      where: {patient_typeTag_epoch: key},
      create: {...key, value},
      update: {value},
    });
  }

  async putSuccession({patient, n}: {patient: Id; n: number}, succession: SignedKeySuccession): Promise<void> {
    const value = bytesOf(SignedKeySuccessionSchema, succession);
    const key = {patient, n: BigInt(n)};
    await this.session.succession.upsert({where: {patient_n: key}, create: {...key, value}, update: {value}});
  }

  async putGrant(
    {patient, grantId, height, index}: {patient: Id; grantId: Id; height: bigint; index: number},
    grant: Grant,
  ): Promise<void> {
    await this.session.grant.create({
      data: {
        patient,
        grantId,
        height,
        txIndex: index,
        grantee: toHex(grant.grantee),
        value: bytesOf(GrantSchema, grant),
      },
    });
    this.#grants.set(placeOf(patient, grantId), grant);
    // Wrapped keys of a grant that ended are of no use to anybody and are the first thing to go.
    if (grant.revoked) await this.session.wrapBundle.deleteMany({where: {patient, grantId}});
  }

  putReadsUsed(patient: Id, grantId: Id, reads: bigint): Promise<void> {
    this.#reads.set(placeOf(patient, grantId), {patient, grantId, reads, written: false});
    return Promise.resolve();
  }

  async expectTransactions(txIds: readonly Id[]): Promise<void> {
    for (const txId of txIds) this.#stored.set(txId, undefined);
    for (const some of partsOf(txIds))
      for (const row of await this.session.transaction.findMany({where: {txId: {in: some}}}))
        this.#stored.set(row.txId, outcomeOf(row));
  }

  async putTransaction(outcome: TransactionOutcome): Promise<void> {
    await this.transaction(outcome.txId);
    this.#outcomes.set(outcome.txId, outcome);
  }

  appendLeaf(leaf: Parameters<ProjectionWriter['appendLeaf']>[0]): Promise<void> {
    const {patient, index, height, txId, bytes, verdict} = leaf;
    const judged = verdict === undefined ? {} : {rule: verdict.rule, byGrant: verdict.byGrant};
    this.#leaves.push({patient, leafIndex: toDecimal(index), height, txId, value: ownBytes(bytes), ...judged});
    this.#logSizes.set(patient, index + 1n);
    return Promise.resolve();
  }

  announce(announcement: Announcement): Promise<void> {
    this.#announcements.push(announcement);
    return Promise.resolve();
  }
}

const placeOf = (patient: Id, grantId: Id): string => `${patient}/${grantId}`;

const outcomeRow = ({txId, txHash, height, index, code, data}: TransactionOutcome) => ({
  txId,
  txHash,
  height,
  txIndex: index,
  code: BigInt(code),
  data: ownBytes(data),
});

function partsOf<T>(all: readonly T[]): T[][] {
  return Array.from({length: Math.ceil(all.length / ROWS)}, (_, part) => all.slice(part * ROWS, (part + 1) * ROWS));
}
