export {aeadOpen, aeadSeal} from './aead.js';
export {cidOf, cidOfHash} from './cid.js';
export {openDetails, sealDetails} from './details.js';
export type {DetailsContext} from './details.js';
export {agree, encryptionPublicKeyOf, generateEncryptionKey} from './encryption-key.js';
export {ENVELOPE_ERRORS, EnvelopeError} from './envelope-error.js';
export type {EnvelopeErrorCode} from './envelope-error.js';
export {HPKE_SUITE, hpkeInfo, hpkeOpen, hpkeSeal, hpkeSealFrom} from './hpke.js';
export type {HpkeSealing, HpkeUse} from './hpke.js';
export {openRecord, openSealedKey} from './open-record.js';
export type {OpenedRecord, RecordToOpen} from './open-record.js';
export {inflateBounded} from './inflate.js';
export {framePayload, isSizeClass, sizeClassFor, unframePayload} from './payload.js';
export {
  partsOfPosted,
  recordId,
  recordIdOfPosted,
  recordKeyContext,
  releaseKeyContext,
  verifyRecord,
} from './record-id.js';
export type {RecordParts} from './record-id.js';
export {openReleaseBundle, sealReleaseBundle} from './release-bundle.js';
export type {ReleaseBundleContext} from './release-bundle.js';
export {sealRecord} from './seal-record.js';
export type {RecordToSeal} from './seal-record.js';
export {generateSigningKey, publicKeyOf, signDigest, signingKeyOf, verifyDigest} from './signing.js';
export type {KeyPair, PublicSigningKey, RandomBytes} from './signing.js';
export {DESCRIPTION_SECONDS, openServiceDescription, signServiceDescription} from './service-description.js';
export type {ServiceToDescribe} from './service-description.js';
export {
  openAccepted,
  openDeviceConfig,
  openEpochStatement,
  openKeySuccession,
  openMemberProfile,
  openSkip,
  openWrapBundle,
  profileHash,
  signAccepted,
  signDeviceConfig,
  signEpochStatement,
  signKeySuccession,
  signMemberProfile,
  signSkip,
  signWrapBundle,
} from './statement-kinds.js';
export {openStatement, signBytes, signStatement} from './statements.js';
export type {SignedBytes, StatementKind} from './statements.js';
export {assembleTx, encodeBody, signBody, signTx} from './tx.js';
export type {CarriedSignature} from './tx.js';
export {ZERO_TAG, typeTag} from './type-tag.js';
export {unwrapEpoch, wrapEpoch} from './wrap.js';
export type {EpochToWrap} from './wrap.js';
