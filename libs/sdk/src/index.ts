export type {AccessQuestion, AccessTicket, SentRequest} from './clinician/access-ticket.js';
export {Clinician} from './clinician/clinician.js';
export type {AccessToRequest, ClinicianOptions, Opened} from './clinician/clinician.js';
export {grantedKeys} from './clinician/granted-keys.js';
export type {GrantedKeys} from './clinician/granted-keys.js';
export {createMemberKeys, decodeMemberRequest, memberRequest} from './clinician/member-keys.js';
export type {MemberKeys} from './clinician/member-keys.js';
export {joinOrganisation} from './clinician/membership.js';
export {replaceMemberKey} from './clinician/replace-member-key.js';
export {numbersOf, withoutCopies} from './clinician/opened-record.js';
export type {Finding, FindingKind, Gap, OpenedReadings} from './clinician/opened-record.js';
export {openPage} from './clinician/release-opener.js';
export type {ReleaseTrust} from './clinician/release-opener.js';
export {acceptDeviceConfig, encodeDeviceConfig, keptDeviceConfig} from './device/device-config.js';
export type {AcceptedConfig, ConfigTrust, KnownOwner} from './device/device-config.js';
export {deviceIdOf, endorseRegistration} from './device/device-registration.js';
export {MemoryDeviceStores, asideName} from './device/device-stores.js';
export type {
  AsideReading,
  AsideStore,
  DeviceStores,
  OwnerMemory,
  PendingRecord,
  PendingStore,
  ReservedNumbers,
  SeenEpoch,
  SequenceStore,
} from './device/device-stores.js';
export {Device} from './device/device.js';
export type {DeviceOptions} from './device/device.js';
export {hourText} from './device/hour-text.js';
export type {PostOutcome} from './device/record-posting.js';
export type {JudgedReadings, UnfitReading} from './device/record-sealer.js';
export {sealedUnder} from './device/sealed-under.js';
export type {Settled} from './device/settlement.js';
export type {KeptRecord} from './device/settled-fate.js';
export {receiptStateOf} from './device/receipt-state.js';
export type {ReceiptState} from './device/receipt-state.js';
export {verifyReceipt} from './device/record-receipt.js';
export type {ReceiptTrust, RecordReceipt, VerifiedReceipt} from './device/record-receipt.js';
export {splitReadings} from './device/split-readings.js';
export type {ReadingBatch} from './device/split-readings.js';
export {systemEnvironment} from './environment.js';
export type {Environment} from './environment.js';
export {ApiClient} from './http/api-client.js';
export type {ApiAnswer, ApiOptions, ApiRequest, ServiceName} from './http/api-client.js';
export {JsonAnswer} from './http/json-answer.js';
export {contentDigest, signRequest} from './http/request-signature.js';
export type {RequestSigner, RequestToSign} from './http/request-signature.js';
export {idOf, newEncryptionKey, newSigningKey, privateHalf, publicHalf} from './keys/stored-key.js';
export type {StoredKey} from './keys/stored-key.js';
export {custodianFromGenesis, keysOfRole, organisationFromGenesis} from './ledger/genesis-keys.js';
export {MemoryNonceStore} from './ledger/nonce-store.js';
export type {NonceStore} from './ledger/nonce-store.js';
export {bodyOfPart, decodePart, encodePart, signPart, txOfPart} from './ledger/part.js';
export type {TxPart} from './ledger/part.js';
export {describedService, verifyServiceDescription} from './ledger/service-description.js';
export type {DescribedService} from './ledger/service-description.js';
export {Transactions, submit, transaction} from './ledger/transactions.js';
export type {Sending, TransactionsOptions, TxResult, TxToSend} from './ledger/transactions.js';
export type {TxMessage} from '@vitalvault/contracts';
export {VerifiedLedger, materialOf, verifyHeader, verifyMaterial} from './ledger/verified-ledger.js';
export type {
  ProofMaterial,
  SeenHeader,
  StateQuery,
  VerifiedAnswer,
  VerifiedLedgerOptions,
  VerifyOptions,
} from './ledger/verified-ledger.js';
export {compareWitnesses} from './ledger/witnesses.js';
export type {WitnessVerdict, WitnessedHeader} from './ledger/witnesses.js';
export {effectiveTimeMs, faultOfDataPoint} from './open-mhealth/data-point-check.js';
export {
  HEART_RATE,
  HEART_RATE_SCHEMA,
  heartRateOf,
  heartRateReading,
  isPlausibleRate,
} from './open-mhealth/heart-rate.js';
export type {HeartRate, Reading} from './open-mhealth/heart-rate.js';
export {schemaById, schemaByName, schemaHash} from './open-mhealth/known-schemas.js';
export type {KnownSchema} from './open-mhealth/known-schemas.js';
export {readingIdentity} from './open-mhealth/reading-identity.js';
export {decodeEndorsement} from './organisation/endorsement.js';
export {Organisation} from './organisation/organisation.js';
export type {MemberToEndorse, OrganisationOptions} from './organisation/organisation.js';
export {rememberedHead, verifyAccessLog} from './patient/access-log.js';
export type {AccessLogEvidence, AccessLogTrust, VerifiedAccessLog} from './patient/access-log.js';
export {decodeEnrolmentRequest, enrol, enrolmentRequest} from './patient/enrolment.js';
export type {StatementOutcome} from './patient/epochs.js';
export {verifiedMember} from './patient/grantee.js';
export type {VerifiedMember} from './patient/grantee.js';
export {PatientContext} from './patient/patient-context.js';
export type {EndingNotice, PatientOptions} from './patient/patient-context.js';
export {PatientGrants} from './patient/patient-grants.js';
export type {GrantResult, GrantTerms, PurposeName, RevokeResult} from './patient/patient-grants.js';
export {cardOf, createPatientKeys, ownKeys, tagOf} from './patient/patient-keys.js';
export type {
  DueEnding,
  PatientCard,
  PatientKeys,
  RememberedHead,
  StoredEpoch,
  StoredGrant,
} from './patient/patient-keys.js';
export type {NewEntries} from './patient/new-entries.js';
export {PatientLog} from './patient/patient-log.js';
export type {AccessLogAnswer, Explanation, LogQuestion, PatientAlert} from './patient/patient-log.js';
export {Patient} from './patient/patient.js';
export type {ReplacedKey} from './patient/replace-signing-key.js';
export type {ConfigToSign, DeviceToRegister} from './patient/patient.js';
export {SdkError, isAway} from './sdk-error.js';
export type {SdkErrorContext} from './sdk-error.js';
export {SDK_ERRORS} from './sdk-errors.js';
export type {SdkCode, SdkOnlyCode} from './sdk-errors.js';
