import {create} from '@bufbuild/protobuf';
import {ALG_ES256K, KEY_OWNER} from '@vitalvault/contracts';
import {DeviceSchema, KeyOwnerSchema, MemberSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Device, KeyOwner, Member, Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {PublishKeys} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {ProjectionFault} from './projection-fault.js';

/**
 * The key by which requests of its owner are verified from now on.
 * @throws ProjectionFault for an algorithm that this version does not know: she could not sign here any more
 */
export function verifiable({alg, publicKey}: Pick<SigningKey, 'alg' | 'publicKey'>): Uint8Array {
  if (alg !== ALG_ES256K) throw new ProjectionFault(`a key of the unknown algorithm ${alg}`);
  return publicKey;
}

/** Owner entry of a current key. */
export function ownerOf(kind: keyof typeof KEY_OWNER, identity: Uint8Array): KeyOwner {
  return create(KeyOwnerSchema, {kind: KEY_OWNER[kind], identity});
}

/** The entry of a key that was replaced: it never becomes anyone's again. */
export function retired(owner: KeyOwner): KeyOwner {
  return create(KeyOwnerSchema, {...owner, retired: true});
}

/** A patient after her `PublishKeys`. */
export function patientWithKeys(patient: Patient, published: PublishKeys): Patient {
  return create(PatientSchema, {...patient, ...changedKeys(patient, published)});
}

/** A member after her `PublishKeys`. */
export function memberWithKeys(member: Member, published: PublishKeys): Member {
  return create(MemberSchema, {...member, ...changedKeys(member, published)});
}

// What the message leaves out stays.
function changedKeys(
  {successions}: Pick<Patient | Member, 'successions'>,
  {newSigningKey, encryptionKey}: PublishKeys,
): Partial<Pick<Patient, 'signingKey' | 'encryptionKey' | 'successions'>> {
  return {
    ...(encryptionKey.length > 0 ? {encryptionKey} : {}),
    ...(newSigningKey === undefined ? {} : {signingKey: newSigningKey, successions: successions + 1}),
  };
}

/** A device without an owner: registered to nobody now. */
export function withoutOwner(device: Device): Device {
  return create(DeviceSchema, {...device, owner: new Uint8Array()});
}
