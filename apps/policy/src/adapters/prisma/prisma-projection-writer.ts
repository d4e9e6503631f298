import {fromHex, toHex} from '@vitalvault/contracts';
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
import {keepMessages, writeRows} from '@vitalvault/postgres';
import type {
  Announcement,
  EffectReads,
  ExpectedReads,
  GrantPlace,
  Id,
  KnownKey,
  ProjectionWriter,
} from '../../application/ports.js';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';
import type {Session} from './database.js';
import {PrismaProjection} from './prisma-projection.js';
import {TABLE} from './projection-tables.js';
import {SeenRows} from './seen-rows.js';
import {bytesOf} from './stored-value.js';
import {placeOf, storedOf} from './stored-before.js';

type Cells = Parameters<typeof writeRows>[2][number];

/**
 * Gathers the effects of some blocks in memory; its session is their transaction. What they read is asked by set before
 * (`expect`), and what they put is written by `flush`: one statement for each table, however many transactions.
 */
export class PrismaProjectionWriter implements ProjectionWriter {
  readonly #members = new SeenRows<{id: Id; value: Member}>();
  readonly #patients = new SeenRows<{id: Id; value: Patient}>();
  readonly #devices = new SeenRows<{id: Id; value: Device}>();
  readonly #registrations = new SeenRows<{device: Id; registration: number; value: Registration}>();
  /** The newest version of each. */
  readonly #grants = new SeenRows<Grant>();
  readonly #reads = new SeenRows<GrantPlace & {reads: bigint}>();
  readonly #outcomes = new SeenRows<TransactionOutcome>();
  readonly #logSizes = new Map<Id, bigint>();
  readonly #keys = new Map<Id, Cells>();
  readonly #statements = new Map<string, Cells>();
  readonly #successions = new Map<string, Cells>();
  readonly #revoked: GrantPlace[] = [];
  #versions: Cells[] = [];
  #leaves: Cells[] = [];
  #announcements: Announcement[] = [];
  readonly #stored: EffectReads;

  constructor(private readonly session: Session) {
    this.#stored = new PrismaProjection(session);
  }

  async expect(reads: ExpectedReads): Promise<void> {
    const stored = await storedOf(this.session, reads);
    this.#outcomes.stored(reads.transactions, stored.outcomes);
    this.#members.stored(reads.members, stored.members);
    const places = reads.grants.map(placeOf);
    this.#grants.stored(places, stored.grants);
    this.#reads.stored(places, stored.reads);
  }

  async member(id: Id): Promise<Member | undefined> {
    return (await this.#members.at(id, async () => withId(id, await this.#stored.member(id))))?.value;
  }

  async patient(id: Id): Promise<Patient | undefined> {
    return (await this.#patients.at(id, async () => withId(id, await this.#stored.patient(id))))?.value;
  }

  async device(id: Id): Promise<Device | undefined> {
    return (await this.#devices.at(id, async () => withId(id, await this.#stored.device(id))))?.value;
  }

  async registration(device: Id, registration: number): Promise<Registration | undefined> {
    const load = async () => {
      const value = await this.#stored.registration(device, registration);
      return value === undefined ? undefined : {device, registration, value};
    };
    return (await this.#registrations.at(`${device}/${String(registration)}`, load))?.value;
  }

  async grant(patient: Id, grantId: Id): Promise<Grant | undefined> {
    return this.#grants.at(placeOf({patient, grantId}), () => this.#stored.grant(patient, grantId));
  }

  async readsUsed(patient: Id, grantId: Id): Promise<bigint> {
    const load = async () => ({patient, grantId, reads: await this.#stored.readsUsed(patient, grantId)});
    return (await this.#reads.at(placeOf({patient, grantId}), load))?.reads ?? 0n;
  }

  async transaction(txId: Id): Promise<TransactionOutcome | undefined> {
    return this.#outcomes.at(txId, () => this.#stored.transaction(txId));
  }

  async accessLogSize(patient: Id): Promise<bigint> {
    return this.#logSizes.get(patient) ?? (await this.#stored.accessLogSize(patient));
  }

  /** Writes what is gathered. Nothing of the blocks may be left out: called before their transaction ends. */
  async flush(): Promise<void> {
    const {session} = this;
    await writeRows(session, TABLE.members, this.#members.takePut().map(memberCells));
    await writeRows(session, TABLE.patients, this.#patients.takePut().map(patientCells));
    await writeRows(session, TABLE.keys, takeAll(this.#keys));
    await writeRows(session, TABLE.devices, this.#devices.takePut().map(deviceCells));
    await writeRows(session, TABLE.registrations, this.#registrations.takePut().map(registrationCells));
    await writeRows(session, TABLE.epochStatements, takeAll(this.#statements));
    await writeRows(session, TABLE.successions, takeAll(this.#successions));
    await writeRows(session, TABLE.grants, this.#versions);
    await writeRows(session, TABLE.readsUsed, this.#reads.takePut().map(readsCells));
    await writeRows(session, TABLE.transactions, this.#outcomes.takePut().map(outcomeCells));
    await writeRows(session, TABLE.accessLeaves, this.#leaves);
    await this.#writeLogSizes();
    await this.#forgetWraps();
    await keepMessages(
      session,
      this.#announcements.map((one) => ({...one, key: fromHex(one.key)})),
    );
    [this.#versions, this.#leaves, this.#announcements] = [[], [], []];
  }

  async #writeLogSizes(): Promise<void> {
    const [ids, sizes] = [[...this.#logSizes.keys()], [...this.#logSizes.values()].map(String)];
    this.#logSizes.clear();
    if (ids.length > 0)
      await this.session.$executeRaw`
        UPDATE patients SET access_log_size = size::numeric
        FROM unnest(${ids}::text[], ${sizes}::text[]) AS grown (patient, size) WHERE id = patient`;
  }

  // Wrapped keys of a grant that ended are of no use to anybody and are the first thing to go.
  async #forgetWraps(): Promise<void> {
    const ended = this.#revoked.splice(0);
    if (ended.length > 0)
      await this.session.$executeRaw`
        DELETE FROM wrap_bundles USING unnest(${ended.map(({patient}) => patient)}::text[],
          ${ended.map(({grantId}) => grantId)}::text[]) AS ended (patient, grant_id)
        WHERE wrap_bundles.patient = ended.patient AND wrap_bundles.grant_id = ended.grant_id`;
  }

  async putOrganisation(id: Id, organisation: Organisation): Promise<void> {
    await writeRows(this.session, TABLE.organisations, [[id, bytesOf(OrganisationSchema, organisation)]]);
  }

  async putOrganisationKey(keyId: Id, key: OrganisationKey): Promise<void> {
    const cells = [keyId, toHex(key.organisation), key.role, bytesOf(OrganisationKeySchema, key)];
    await writeRows(this.session, TABLE.organisationKeys, [cells]);
  }

  putMember(id: Id, value: Member): Promise<void> {
    this.#members.put(id, {id, value});
    return DONE;
  }

  putPatient(id: Id, value: Patient): Promise<void> {
    this.#patients.put(id, {id, value});
    return DONE;
  }

  putKey(keyId: Id, {publicKey, owner}: KnownKey): Promise<void> {
    this.#keys.set(keyId, [keyId, publicKey, bytesOf(KeyOwnerSchema, owner)]);
    return DONE;
  }

  putDevice(id: Id, value: Device): Promise<void> {
    this.#devices.put(id, {id, value});
    return DONE;
  }

  putRegistration(device: Id, registration: number, value: Registration): Promise<void> {
    this.#registrations.put(`${device}/${String(registration)}`, {device, registration, value});
    return DONE;
  }

  putEpochStatement(
    {patient, typeTag, epoch}: {patient: Id; typeTag: Id; epoch: number},
    statement: SignedEpochStatement,
  ): Promise<void> {
    const cells = [patient, typeTag, epoch, bytesOf(SignedEpochStatementSchema, statement)];
    this.#statements.set(`${patient}/${typeTag}/${String(epoch)}`, cells);
    return DONE;
  }

  putSuccession({patient, n}: {patient: Id; n: number}, succession: SignedKeySuccession): Promise<void> {
    const cells = [patient, n, bytesOf(SignedKeySuccessionSchema, succession)];
    this.#successions.set(`${patient}/${String(n)}`, cells);
    return DONE;
  }

  putGrant(at: GrantPlace & {height: bigint; index: number}, grant: Grant): Promise<void> {
    const {patient, grantId, height, index} = at;
    this.#versions.push([patient, grantId, height, index, toHex(grant.grantee), bytesOf(GrantSchema, grant)]);
    this.#grants.put(placeOf(at), grant);
    if (grant.revoked) this.#revoked.push({patient, grantId});
    return DONE;
  }

  putReadsUsed(patient: Id, grantId: Id, reads: bigint): Promise<void> {
    this.#reads.put(placeOf({patient, grantId}), {patient, grantId, reads});
    return DONE;
  }

  putTransaction(outcome: TransactionOutcome): Promise<void> {
    this.#outcomes.put(outcome.txId, outcome);
    return DONE;
  }

  appendLeaf(leaf: Parameters<ProjectionWriter['appendLeaf']>[0]): Promise<void> {
    const {patient, index, height, txId, bytes, verdict} = leaf;
    this.#leaves.push([patient, index, height, txId, bytes, verdict?.rule, verdict?.byGrant]);
    this.#logSizes.set(patient, index + 1n);
    return DONE;
  }

  announce(announcement: Announcement): Promise<void> {
    this.#announcements.push(announcement);
    return DONE;
  }
}

/** What is put is in memory at once. */
const DONE = Promise.resolve();

const withId = <T>(id: Id, value: T | undefined): {id: Id; value: T} | undefined =>
  value === undefined ? undefined : {id, value};

function takeAll(rows: Map<string, Cells>): Cells[] {
  const all = [...rows.values()];
  rows.clear();
  return all;
}

const memberCells = ({id, value}: {id: Id; value: Member}): Cells => [
  id,
  toHex(value.organisation),
  bytesOf(MemberSchema, value),
];
const patientCells = ({id, value}: {id: Id; value: Patient}): Cells => [id, bytesOf(PatientSchema, value), 0];
const deviceCells = ({id, value}: {id: Id; value: Device}): Cells => [id, bytesOf(DeviceSchema, value)];
const registrationCells = (row: {device: Id; registration: number; value: Registration}): Cells => [
  row.device,
  row.registration,
  toHex(row.value.owner),
  bytesOf(RegistrationSchema, row.value),
];
const readsCells = ({patient, grantId, reads}: GrantPlace & {reads: bigint}): Cells => [patient, grantId, reads];
const outcomeCells = ({txId, txHash, height, index, code, data}: TransactionOutcome): Cells => [
  txId,
  txHash,
  height,
  index,
  code,
  data,
];
