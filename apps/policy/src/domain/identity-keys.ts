import {create} from '@bufbuild/protobuf';
import {KEY_OWNER} from '@vitalvault/contracts';
import {DeviceSchema, KeyOwnerSchema, MemberSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Device, KeyOwner, Member, Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {PublishKeys} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** Owner entry of a current key. */
export function ownerOf(kind: keyof typeof KEY_OWNER, identity: Uint8Array): KeyOwner {
  return create(KeyOwnerSchema, {kind: KEY_OWNER[kind], identity});
}

/** The entry of a key that was replaced: it never becomes anyone's again. */
export function retired(owner: KeyOwner): KeyOwner {
  return create(KeyOwnerSchema, {...owner, retired: true});
}

/** A patient after her `PublishKeys`: what it leaves out stays. */
export function patientWithKeys(patient: Patient, published: PublishKeys): Patient {
  const {newSigningKey, encryptionKey} = published;
  return create(PatientSchema, {
    ...patient,
    ...(encryptionKey.length > 0 ? {encryptionKey} : {}),
    ...(newSigningKey === undefined ? {} : {signingKey: newSigningKey, successions: patient.successions + 1}),
  });
}

/** A member after her `PublishKeys`. */
export function memberWithKeys(member: Member, published: PublishKeys): Member {
  const {newSigningKey, encryptionKey} = published;
  return create(MemberSchema, {
    ...member,
    ...(encryptionKey.length > 0 ? {encryptionKey} : {}),
    ...(newSigningKey === undefined ? {} : {signingKey: newSigningKey}),
  });
}

/** A device without an owner: registered to nobody now. */
export function withoutOwner(device: Device): Device {
  return create(DeviceSchema, {...device, owner: new Uint8Array()});
}
