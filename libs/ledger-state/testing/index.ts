export {answerProofs} from './answer-proofs.js';
export {extremeNumbers} from './extreme-numbers.js';
export type {ExtremeNumber} from './extreme-numbers.js';
export {MemoryState} from './memory-state.js';
export {
  accessRequest,
  anchorRecords,
  enrolPatient,
  epochStatement,
  HEART_RATE,
  keySuccession,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  skipEntry,
  TEST_SLOT,
} from './messages.js';
export type {RecordOf} from './messages.js';
export {SAMPLE_LEAVES} from './sample-leaves.js';
export type {SampleLeaf} from './sample-leaves.js';
export {sampleBody, SAMPLE_MESSAGES} from './sample-messages.js';
export {signedBody, signedTx} from './signed-tx.js';
export type {TxParts} from './signed-tx.js';
export {DEFAULT_PARAMETERS, testGenesis, testOrganisation} from './test-genesis.js';
export type {TestOrganisation} from './test-genesis.js';
export {hash, REMEMBERING_PORTS, signDigest, tag, TEST_PORTS, testEncryptionKey, testKey} from './test-keys.js';
export type {TestKey} from './test-keys.js';
export {TEST_CHAIN, TEST_TIME, TestLedger} from './test-ledger.js';
export {UnsignedLedger} from './unsigned-ledger.js';
export {withParameters, withPart} from './with-parameters.js';
