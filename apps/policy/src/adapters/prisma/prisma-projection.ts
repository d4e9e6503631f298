import {
  AccessLeafSchema,
  DeviceSchema,
  GrantSchema,
  KeyOwnerSchema,
  MemberSchema,
  OrganisationKeySchema,
  PatientSchema,
  RegistrationSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {
  Device,
  Grant,
  Member,
  OrganisationKey,
  Patient,
  Registration,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedEpochStatementSchema, SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SignedEpochStatement, SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import {decodeCanonical, fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {
  ChainPosition,
  DeviceRegistration,
  Id,
  KnownKey,
  Projection,
  RegisteredDevice,
  RegistrationPlace,
  StoredGrant,
  StoredLeaf,
} from '../../application/ports.js';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';
import type {Session} from './database.js';
import type {AccessLeaf as LeafRow, Transaction as TransactionRow} from './gen/client.js';
import {messageOf} from './stored-value.js';

const SUCCESSIONS_PAGE = 256;

/** Reads the projection in PostgreSQL, through the pool or inside a transaction. */
export class PrismaProjection implements Projection {
  constructor(protected readonly session: Session) {}

  async position(): Promise<ChainPosition | undefined> {
    const row = await this.session.block.findFirst({orderBy: {height: 'desc'}});
    return row === null ? undefined : {...row, hash: row.hash ?? undefined};
  }

  async organisationKeys(organisation: Id): Promise<OrganisationKey[]> {
    const rows = await this.session.organisationKey.findMany({where: {organisation}, orderBy: {keyId: 'asc'}});
    return rows.map(({value}) => decodeCanonical(OrganisationKeySchema, value));
  }

  async member(id: Id): Promise<Member | undefined> {
    return messageOf(MemberSchema, await this.session.member.findUnique({where: {id}}));
  }

  async patient(id: Id): Promise<Patient | undefined> {
    return messageOf(PatientSchema, await this.session.patient.findUnique({where: {id}}));
  }

  async accessLogSize(patient: Id): Promise<bigint> {
    const row = await this.session.patient.findUnique({where: {id: patient}});
    return row === null ? 0n : fromDecimal(row.accessLogSize);
  }

  async accessLogSizes(patients: readonly Id[]): Promise<ReadonlyMap<Id, bigint>> {
    const rows = await this.session.$queryRaw<{id: Id; size: string}[]>`
      SELECT id, access_log_size::text AS size FROM patients WHERE id = ANY(${[...patients]}::text[])`;
    return new Map(rows.map(({id, size}) => [id, BigInt(size)]));
  }

  async key(keyId: Id): Promise<KnownKey | undefined> {
    const row = await this.session.key.findUnique({where: {keyId}});
    return row === null ? undefined : {publicKey: row.publicKey, owner: decodeCanonical(KeyOwnerSchema, row.value)};
  }

  async device(id: Id): Promise<Device | undefined> {
    return messageOf(DeviceSchema, await this.session.device.findUnique({where: {id}}));
  }

  async registration(device: Id, registration: number): Promise<Registration | undefined> {
    return messageOf(
      RegistrationSchema,
      await this.session.registration.findUnique({
        where: {device_registration: {device, registration: BigInt(registration)}},
      }),
    );
  }

  async registrationsAt(places: readonly RegistrationPlace[]): Promise<readonly (RegisteredDevice | undefined)[]> {
    const devices = places.map(({device}) => device);
    const numbers = places.map(({registration}) => BigInt(registration));
    const rows = await this.session.$queryRaw<{device: Uint8Array | null; registration: Uint8Array | null}[]>`
      SELECT devices.value AS device, registrations.value AS registration
      FROM unnest(${devices}::text[], ${numbers}::bigint[]) WITH ORDINALITY AS asked (device, registration, place)
      LEFT JOIN devices ON devices.id = asked.device
      LEFT JOIN registrations
        ON registrations.device = asked.device AND registrations.registration = asked.registration
      ORDER BY asked.place`;
    return rows.map(({device, registration}) =>
      device === null || registration === null
        ? undefined
        : {
            device: decodeCanonical(DeviceSchema, device),
            registration: decodeCanonical(RegistrationSchema, registration),
          },
    );
  }

  async registrationsOf(owner: Id): Promise<DeviceRegistration[]> {
    const rows = await this.session.registration.findMany({
      where: {owner},
      orderBy: [{device: 'asc'}, {registration: 'asc'}],
    });
    return rows.map(({device, registration, value}) => ({
      device,
      registration: Number(registration),
      value: decodeCanonical(RegistrationSchema, value),
    }));
  }

  async epochStatements(patient: Id, typeTag?: Id): Promise<SignedEpochStatement[]> {
    const rows = await this.session.epochStatement.findMany({
      where: {patient, ...(typeTag === undefined ? {} : {typeTag})},
      orderBy: [{typeTag: 'asc'}, {epoch: 'asc'}],
    });
    return rows.map(({value}) => decodeCanonical(SignedEpochStatementSchema, value));
  }

  async successions(patient: Id, after: number): Promise<SignedKeySuccession[]> {
    const rows = await this.session.succession.findMany({
      where: {patient, n: {gt: after}},
      orderBy: {n: 'asc'},
      take: SUCCESSIONS_PAGE,
    });
    return rows.map(({value}) => decodeCanonical(SignedKeySuccessionSchema, value));
  }

  async grant(patient: Id, grantId: Id): Promise<Grant | undefined> {
    return messageOf(
      GrantSchema,
      await this.session.grant.findFirst({where: {patient, grantId}, orderBy: [{height: 'desc'}, {txIndex: 'desc'}]}),
    );
  }

  async grantsOf(patient: Id): Promise<StoredGrant[]> {
    const rows = await this.session.grant.findMany({
      where: {patient},
      distinct: ['grantId'],
      orderBy: [{grantId: 'asc'}, {height: 'desc'}, {txIndex: 'desc'}],
    });
    const reads = new Map(
      (await this.session.readsUsed.findMany({where: {patient}})).map((row) => [row.grantId, fromDecimal(row.reads)]),
    );
    return rows.map(({grantId, value}) => ({
      grantId,
      grant: decodeCanonical(GrantSchema, value),
      readsUsed: reads.get(grantId) ?? 0n,
    }));
  }

  async readsUsed(patient: Id, grantId: Id): Promise<bigint> {
    const row = await this.session.readsUsed.findUnique({where: {patient_grantId: {patient, grantId}}});
    return row === null ? 0n : fromDecimal(row.reads);
  }

  async lastTransactionHeight(): Promise<bigint> {
    return (await this.session.transaction.findFirst({orderBy: {height: 'desc'}}))?.height ?? 0n;
  }

  async transaction(txId: Id): Promise<TransactionOutcome | undefined> {
    const row = await this.session.transaction.findUnique({where: {txId}});
    return row === null ? undefined : outcomeOf(row);
  }

  async leafOfTransaction(txId: Id): Promise<StoredLeaf | undefined> {
    return toLeaf(
      await this.session.accessLeaf.findFirst({where: {txId}, orderBy: [{height: 'asc'}, {leafIndex: 'asc'}]}),
    );
  }

  async leafAt(patient: Id, index: bigint): Promise<StoredLeaf | undefined> {
    return toLeaf(
      await this.session.accessLeaf.findUnique({where: {patient_leafIndex: {patient, leafIndex: toDecimal(index)}}}),
    );
  }
}

/** An outcome out of its row. */
const outcomeOf = ({txId, txHash, height, txIndex, code, data}: TransactionRow): TransactionOutcome => ({
  txId,
  txHash,
  height,
  index: txIndex,
  code: Number(code),
  data,
});

function toLeaf(row: LeafRow | null): StoredLeaf | undefined {
  if (row === null) return undefined;
  const {patient, leafIndex, txId, value, rule, byGrant} = row;
  return {
    patient,
    index: fromDecimal(leafIndex),
    txId,
    leaf: decodeCanonical(AccessLeafSchema, value),
    ...(rule === null ? {} : {verdict: {rule, byGrant: byGrant === true}}),
  };
}
