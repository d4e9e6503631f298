export {alertId, alertOf} from './alert-id.js';
export {fromBase64, fromBase64Url} from './base64.js';
export {NotCanonicalError} from './not-canonical-error.js';
export {compareBytes, decodeCanonical, encodeCanonical, equalBytes} from './canonical.js';
export {CODE, TRANSIENT_ANCHOR_CODES, TRANSIENT_ENTRY_CODES, codeName, isCode, isUnread, codespace} from './codes.js';
export type {Code, CodeName} from './codes.js';
export {build} from './complete.js';
export type {ChangesTo, Complete, Fields, FieldsOf, TxMessage} from './complete.js';
export {fromDecimal, toDecimal} from './decimal.js';
export {JunkMessage, NewerMessage, decodeMessage} from './decode-message.js';
export {isEncryptionKey} from './encryption-key.js';
export {fromHex, toHex} from './hex.js';
export {
  ACTION,
  DEVICE_CLASS,
  KEY_OWNER,
  LIMITS,
  MEMBER_ROLE,
  ORG_ROLE,
  PURPOSE,
  STATE_KIND,
  TOPICS,
  TOPIC_USERS,
  slotOf,
} from './limits.js';
export {namedSigners} from './named-signers.js';
export {NO_TERMS} from './no-terms.js';
export {algorithmOf} from './organisation-role.js';
export type {OrganisationRole} from './organisation-role.js';
export {ALG_ES256K, ALG_X25519, TAGS, keyId, taggedHash, taggedHashBy} from './tagged-hash.js';
export {sha256Of} from './sha256.js';
export type {Tag} from './tagged-hash.js';
export {transactionId} from './transaction-id.js';
