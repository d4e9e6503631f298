import {build, encodeCanonical, taggedHash} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {
  MemberProfileSchema,
  SignedMemberProfileSchema,
  SignedWrapBundleSchema,
  WrapBundleSchema,
} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {
  MemberProfile,
  SignedMemberProfile,
  SignedWrapBundle,
  WrapBundle,
} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {AcceptedSchema, SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {Accepted, SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {
  DeviceConfigSchema,
  EpochStatementSchema,
  KeySuccessionSchema,
  SignedDeviceConfigSchema,
  SignedEpochStatementSchema,
  SignedKeySuccessionSchema,
  SkipSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import type {
  DeviceConfig,
  EpochStatement,
  KeySuccession,
  SignedDeviceConfig,
  SignedEpochStatement,
  SignedKeySuccession,
  Skip,
} from '@vitalvault/contracts/gen/record/v1/record';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EnvelopeError} from './envelope-error.js';
import {openStatement, signStatement} from './statements.js';
import {signDigest, verifyDigest} from './signing.js';
import type {PublicSigningKey} from './signing.js';

const EPOCH = {tag: 'epoch-statement', schema: EpochStatementSchema} as const;
const CONFIG = {tag: 'device-config', schema: DeviceConfigSchema} as const;
const SUCCESSION = {tag: 'key-succession', schema: KeySuccessionSchema} as const;
const ACCEPTED = {tag: 'accepted', schema: AcceptedSchema} as const;
const WRAPS = {tag: 'wraps', schema: WrapBundleSchema} as const;
const PROFILE = {tag: 'member-profile', schema: MemberProfileSchema} as const;

/** The owner says which public key a tag's epoch has. */
export function signEpochStatement(
  init: FieldsOf<typeof EpochStatementSchema>,
  ownerPrivateKey: Uint8Array,
): SignedEpochStatement {
  const {bytes, signature} = signStatement(EPOCH, init, ownerPrivateKey);
  return build(SignedEpochStatementSchema, {statement: bytes, signature});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openEpochStatement(signed: SignedEpochStatement, owner: PublicSigningKey): EpochStatement {
  return openStatement(EPOCH, {bytes: signed.statement, signature: signed.signature}, owner);
}

/** The owner tells her device all that it may know. @param successions from her first key to this one */
export function signDeviceConfig(
  init: FieldsOf<typeof DeviceConfigSchema>,
  ownerPrivateKey: Uint8Array,
  successions: readonly SignedKeySuccession[] = [],
): SignedDeviceConfig {
  const {bytes, signature} = signStatement(CONFIG, init, ownerPrivateKey);
  return build(SignedDeviceConfigSchema, {config: bytes, signature, successions});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openDeviceConfig(signed: SignedDeviceConfig, owner: PublicSigningKey): DeviceConfig {
  return openStatement(CONFIG, {bytes: signed.config, signature: signed.signature}, owner);
}

/** The recovery key says which signing key comes next. */
export function signKeySuccession(
  init: FieldsOf<typeof KeySuccessionSchema>,
  recoveryPrivateKey: Uint8Array,
): SignedKeySuccession {
  const {bytes, signature} = signStatement(SUCCESSION, init, recoveryPrivateKey);
  return build(SignedKeySuccessionSchema, {succession: bytes, signature});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openKeySuccession(signed: SignedKeySuccession, recovery: PublicSigningKey): KeySuccession {
  return openStatement(SUCCESSION, {bytes: signed.succession, signature: signed.signature}, recovery);
}

/** The custodian's ingest says that a record is durable. */
export function signAccepted(init: FieldsOf<typeof AcceptedSchema>, ingestPrivateKey: Uint8Array): SignedAccepted {
  const {bytes, signature} = signStatement(ACCEPTED, init, ingestPrivateKey);
  return build(SignedAcceptedSchema, {accepted: bytes, signature});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openAccepted(signed: SignedAccepted, ingestKey: PublicSigningKey): Accepted {
  return openStatement(ACCEPTED, {bytes: signed.accepted, signature: signed.signature}, ingestKey);
}

/** The patient's bundle of epoch private keys for one grant. */
export function signWrapBundle(
  init: FieldsOf<typeof WrapBundleSchema>,
  patientPrivateKey: Uint8Array,
): SignedWrapBundle {
  const {bytes, signature} = signStatement(WRAPS, init, patientPrivateKey);
  return build(SignedWrapBundleSchema, {bundle: bytes, signature});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openWrapBundle(signed: SignedWrapBundle, patient: PublicSigningKey): WrapBundle {
  return openStatement(WRAPS, {bytes: signed.bundle, signature: signed.signature}, patient);
}

/** An organisation says whose key a member's is. */
export function signMemberProfile(
  init: FieldsOf<typeof MemberProfileSchema>,
  organisationPrivateKey: Uint8Array,
): SignedMemberProfile {
  const {bytes, signature} = signStatement(PROFILE, init, organisationPrivateKey);
  return build(SignedMemberProfileSchema, {profile: bytes, signature});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openMemberProfile(signed: SignedMemberProfile, organisationKey: PublicSigningKey): MemberProfile {
  return openStatement(PROFILE, {bytes: signed.profile, signature: signed.signature}, organisationKey);
}

/** T("member-profile", profile): what RegisterMember commits to; 32 bytes. */
export function profileHash(profile: Uint8Array): Uint8Array {
  return taggedHash('member-profile', profile);
}

/** The device says that a number will never be used. */
export function signSkip(init: FieldsOf<typeof SkipSchema>, devicePrivateKey: Uint8Array): SkipEntry {
  const skip = encodeCanonical(SkipSchema, init);
  return build(SkipEntrySchema, {skip, signature: signDigest(devicePrivateKey, taggedHash('skip', skip))});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openSkip(entry: SkipEntry, devicePublicKey: Uint8Array): Skip {
  if (!verifyDigest(devicePublicKey, taggedHash('skip', entry.skip), entry.signature))
    throw new EnvelopeError('bad-signature', 'skip: not signed by the device');
  const signer = {alg: 1, publicKey: devicePublicKey};
  return openStatement(
    {tag: 'skip', schema: SkipSchema},
    {bytes: entry.skip, signature: {...signer, signature: entry.signature}},
    signer,
  );
}
