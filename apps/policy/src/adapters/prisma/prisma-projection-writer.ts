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
import type {Announcement, Id, KnownKey, ProjectionWriter} from '../../application/ports.js';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';
import {PrismaProjection} from './prisma-projection.js';
import {bytesOf, ownBytes} from './stored-value.js';

/** Writes the effects of one block; its session is that block's transaction. */
export class PrismaProjectionWriter extends PrismaProjection implements ProjectionWriter {
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
    // Wrapped keys of a grant that ended are of no use to anybody and are the first thing to go.
    if (grant.revoked) await this.session.wrapBundle.deleteMany({where: {patient, grantId}});
  }

  async putReadsUsed(patient: Id, grantId: Id, reads: bigint): Promise<void> {
    await this.session.readsUsed.upsert({
      where: {patient_grantId: {patient, grantId}},
      create: {patient, grantId, reads: toDecimal(reads)},
      update: {reads: toDecimal(reads)},
    });
  }

  async putTransaction({txId, txHash, height, index, code, data}: TransactionOutcome): Promise<void> {
    const row = {txHash, height, txIndex: index, code: BigInt(code), data: ownBytes(data)};
    await this.session.transaction.upsert({where: {txId}, create: {txId, ...row}, update: row});
  }

  async appendLeaf(leaf: Parameters<ProjectionWriter['appendLeaf']>[0]): Promise<void> {
    const {patient, index, height, txId, bytes, verdict} = leaf;
    const judged = verdict === undefined ? {} : {rule: verdict.rule, byGrant: verdict.byGrant};
    await this.session.accessLeaf.create({
      data: {patient, leafIndex: toDecimal(index), height, txId, value: ownBytes(bytes), ...judged},
    });
    await this.session.patient.update({where: {id: patient}, data: {accessLogSize: toDecimal(index + 1n)}});
  }

  async announce(announcement: Announcement): Promise<void> {
    await keepMessages(this.session, [{...announcement, key: fromHex(announcement.key)}]);
  }
}
