import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {
  Device,
  Grant,
  Member,
  Organisation,
  OrganisationKey,
  Patient,
  Registration,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SignedEpochStatement, SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import type {
  Announcement,
  ChainPosition,
  DeviceRegistration,
  Id,
  KnownKey,
  ProjectionStore,
  ProjectionWriter,
  RegisteredDevice,
  RegistrationPlace,
  StoredGrant,
  StoredLeaf,
} from '../../src/application/ports.js';
import type {TransactionOutcome} from '../../src/domain/transaction-outcome.js';

const place = (...parts: (string | number | bigint)[]): string => parts.join('/');

/** All that a projection holds; copied for each block, so that a block that fails leaves nothing behind. */
class Rows {
  readonly blocks = new Map<bigint, bigint>();
  readonly organisations = new Map<Id, Organisation>();
  readonly organisationKeys = new Map<Id, OrganisationKey>();
  readonly members = new Map<Id, Member>();
  readonly patients = new Map<Id, Patient>();
  readonly logSizes = new Map<Id, bigint>();
  readonly keys = new Map<Id, KnownKey>();
  readonly devices = new Map<Id, Device>();
  readonly registrations = new Map<string, DeviceRegistration>();
  readonly statements = new Map<string, {patient: Id; typeTag: Id; epoch: number; value: SignedEpochStatement}>();
  readonly successions = new Map<string, {patient: Id; n: number; value: SignedKeySuccession}>();
  readonly grants: {patient: Id; grantId: Id; height: bigint; index: number; grant: Grant}[] = [];
  readonly reads = new Map<string, bigint>();
  readonly transactions = new Map<Id, TransactionOutcome>();
  readonly leaves: (StoredLeaf & {bytes: Uint8Array})[] = [];
  readonly announcements: Announcement[] = [];

  copy(): Rows {
    const copy = new Rows();
    for (const [name, value] of Object.entries(this)) {
      const target = copy[name as keyof Rows] as unknown;
      if (value instanceof Map && target instanceof Map) for (const [key, entry] of value) target.set(key, entry);
      if (Array.isArray(value) && Array.isArray(target)) target.push(...(value as unknown[]));
    }
    return copy;
  }
}

/** A projection without a database: passes the same contract as the one in PostgreSQL. */
export class MemoryProjectionStore implements ProjectionStore {
  rows = new Rows();

  async project(
    blocks: readonly ChainPosition[],
    effects: (writer: ProjectionWriter) => Promise<void>,
  ): Promise<boolean> {
    const {height} = blocks[0] ?? {height: 0n};
    if (this.rows.blocks.has(height) && blocks.length === 1) return false;
    if (height > 0n && !this.rows.blocks.has(height - 1n)) throw new DomainError('behind');
    if (blocks.some((block) => this.rows.blocks.has(block.height))) throw new DomainError('behind');
    const next = new MemoryWriter();
    next.rows = this.rows.copy();
    for (const block of blocks) next.rows.blocks.set(block.height, block.timeSeconds);
    await effects(next);
    this.rows = next.rows;
    return true;
  }

  async position(): Promise<ChainPosition | undefined> {
    const heights = [...this.rows.blocks.keys()];
    if (heights.length === 0) return undefined;
    const height = heights.reduce((a, b) => (a > b ? a : b));
    return {height, timeSeconds: this.rows.blocks.get(height) ?? 0n};
  }

  organisationKeys = async (organisation: Id): Promise<OrganisationKey[]> =>
    sorted(this.rows.organisationKeys).filter((key) => toHex(key.organisation) === organisation);
  member = async (id: Id): Promise<Member | undefined> => this.rows.members.get(id);
  patient = async (id: Id): Promise<Patient | undefined> => this.rows.patients.get(id);
  accessLogSize = async (patient: Id): Promise<bigint> => this.rows.logSizes.get(patient) ?? 0n;
  accessLogSizes = async (patients: readonly Id[]): Promise<ReadonlyMap<Id, bigint>> =>
    new Map(patients.filter((id) => this.rows.patients.has(id)).map((id) => [id, this.rows.logSizes.get(id) ?? 0n]));
  key = async (keyId: Id): Promise<KnownKey | undefined> => this.rows.keys.get(keyId);
  device = async (id: Id): Promise<Device | undefined> => this.rows.devices.get(id);
  registration = async (device: Id, registration: number): Promise<Registration | undefined> =>
    this.rows.registrations.get(place(device, registration))?.value;

  registrationsAt = async (places: readonly RegistrationPlace[]): Promise<readonly (RegisteredDevice | undefined)[]> =>
    places.map(({device: id, registration: number}) => {
      const [device, found] = [this.rows.devices.get(id), this.rows.registrations.get(place(id, number))];
      return device === undefined || found === undefined ? undefined : {device, registration: found.value};
    });
  registrationsOf = async (owner: Id): Promise<DeviceRegistration[]> =>
    [...this.rows.registrations.values()]
      .filter(({value}) => toHex(value.owner) === owner)
      .sort((a, b) => (a.device < b.device ? -1 : a.device > b.device ? 1 : a.registration - b.registration));

  epochStatements = async (patient: Id, typeTag?: Id): Promise<SignedEpochStatement[]> =>
    [...this.rows.statements.values()]
      .filter((row) => row.patient === patient && (typeTag === undefined || row.typeTag === typeTag))
      .sort((a, b) => (a.typeTag < b.typeTag ? -1 : a.typeTag > b.typeTag ? 1 : a.epoch - b.epoch))
      .map(({value}) => value);

  successions = async (patient: Id, after: number): Promise<SignedKeySuccession[]> =>
    [...this.rows.successions.values()]
      .filter((row) => row.patient === patient && row.n > after)
      .sort((a, b) => a.n - b.n)
      .slice(0, 256)
      .map(({value}) => value);

  grant = async (patient: Id, grantId: Id): Promise<Grant | undefined> =>
    this.rows.grants.findLast((row) => row.patient === patient && row.grantId === grantId)?.grant;

  async grantsOf(patient: Id): Promise<StoredGrant[]> {
    const ids = [
      ...new Set(this.rows.grants.filter((row) => row.patient === patient).map(({grantId}) => grantId)),
    ].sort();
    return Promise.all(
      ids.map(async (grantId) => ({
        grantId,
        grant: (await this.grant(patient, grantId)) as Grant,
        readsUsed: await this.readsUsed(patient, grantId),
      })),
    );
  }

  readsUsed = async (patient: Id, grantId: Id): Promise<bigint> => this.rows.reads.get(place(patient, grantId)) ?? 0n;
  lastTransactionHeight = async (): Promise<bigint> =>
    [...this.rows.transactions.values()].reduce((last, {height}) => (height > last ? height : last), 0n);

  transaction = async (txId: Id): Promise<TransactionOutcome | undefined> => this.rows.transactions.get(txId);
  leafOfTransaction = async (txId: Id): Promise<StoredLeaf | undefined> =>
    bare(this.rows.leaves.find((leaf) => leaf.txId === txId));
  leafAt = async (patient: Id, index: bigint): Promise<StoredLeaf | undefined> =>
    bare(this.rows.leaves.find((leaf) => leaf.patient === patient && leaf.index === index));
}

class MemoryWriter extends MemoryProjectionStore implements ProjectionWriter {
  putOrganisation = async (id: Id, value: Organisation): Promise<void> => void this.rows.organisations.set(id, value);
  putOrganisationKey = async (keyId: Id, value: OrganisationKey): Promise<void> =>
    void this.rows.organisationKeys.set(keyId, value);
  putMember = async (id: Id, value: Member): Promise<void> => void this.rows.members.set(id, value);
  putPatient = async (id: Id, value: Patient): Promise<void> => void this.rows.patients.set(id, value);
  putKey = async (keyId: Id, key: KnownKey): Promise<void> => void this.rows.keys.set(keyId, key);
  putDevice = async (id: Id, value: Device): Promise<void> => void this.rows.devices.set(id, value);
  putRegistration = async (device: Id, registration: number, value: Registration): Promise<void> =>
    void this.rows.registrations.set(place(device, registration), {device, registration, value});

  putEpochStatement = async (
    {patient, typeTag, epoch}: {patient: Id; typeTag: Id; epoch: number},
    value: SignedEpochStatement,
  ): Promise<void> => void this.rows.statements.set(place(patient, typeTag, epoch), {patient, typeTag, epoch, value});

  putSuccession = async ({patient, n}: {patient: Id; n: number}, value: SignedKeySuccession): Promise<void> =>
    void this.rows.successions.set(place(patient, n), {patient, n, value});

  putGrant = async (at: {patient: Id; grantId: Id; height: bigint; index: number}, grant: Grant): Promise<void> =>
    void this.rows.grants.push({...at, grant});
  putReadsUsed = async (patient: Id, grantId: Id, reads: bigint): Promise<void> =>
    void this.rows.reads.set(place(patient, grantId), reads);
  expect = async (): Promise<void> => undefined;
  putTransaction = async (outcome: TransactionOutcome): Promise<void> =>
    void this.rows.transactions.set(outcome.txId, outcome);

  async appendLeaf({
    patient,
    index,
    txId,
    bytes,
    verdict,
  }: Parameters<ProjectionWriter['appendLeaf']>[0]): Promise<void> {
    if (this.rows.leaves.some((leaf) => leaf.patient === patient && leaf.index === index))
      throw new Error('a leaf is there already');
    this.rows.leaves.push({
      patient,
      index,
      txId,
      leaf: decodeCanonical(AccessLeafSchema, bytes),
      bytes,
      ...(verdict === undefined ? {} : {verdict}),
    });
    this.rows.logSizes.set(patient, index + 1n);
  }

  announce = async (announcement: Announcement): Promise<void> => void this.rows.announcements.push(announcement);
}

const sorted = <T>(map: ReadonlyMap<Id, T>): T[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);

function bare(row: (StoredLeaf & {bytes?: Uint8Array}) | undefined): StoredLeaf | undefined {
  if (row === undefined) return undefined;
  const {patient, index, txId, leaf, verdict} = row;
  return {patient, index, txId, leaf, ...(verdict === undefined ? {} : {verdict})};
}
