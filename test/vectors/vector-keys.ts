import {keyId} from '@vitalvault/contracts';
import {generateEncryptionKey, generateSigningKey, signingKeyOf, typeTag} from '@vitalvault/envelope';
import type {KeyPair} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';

/** Everything below follows from these words: fixed keys, fixed randomness. Never use these keys. */
export const random = seededRandom('vitalvault protocol vectors 1');
export const CHAIN = 'vv-vectors';

const SIGNERS = ['patient', 'recovery', 'device', 'organisation', 'ingest', 'member'] as const;
export type SignerName = (typeof SIGNERS)[number] | 'new-patient';
const ENCRYPTION = ['epoch', 'release', 'member-encryption', 'patient-encryption', 'reader'] as const;
export type EncryptionName = (typeof ENCRYPTION)[number];

const drawn = SIGNERS.map((name) => [name, generateSigningKey(random)] as const);
export const encryption = ENCRYPTION.map((name) => [name, generateEncryptionKey(random)] as const);
export const signing: readonly (readonly [SignerName, KeyPair])[] = [
  ...drawn,
  // Of another word: one more draw would make every value below another.
  ['new-patient', generateSigningKey(seededRandom('vitalvault protocol vectors 1: new key of the patient'))],
];
export const keys = Object.fromEntries([...signing, ...encryption]) as Record<SignerName | EncryptionName, KeyPair>;
export const idOf = (name: SignerName): Uint8Array => keyId(signingKeyOf(keys[name].privateKey));
export const tagKey = random(32);
export const tag = typeTag(tagKey, 'omh:heart-rate');
export const grantId = random(16);
