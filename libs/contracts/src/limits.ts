/**
 * CometBFT's limits of a block and of the evidence in it, and of its pool. A block above ours of `Parameters` that fits
 * the first one reaches ProcessProposal, so every ABCI frame is measured by it.
 */
const BLOCK_BYTES = 36 * 1_048_576;
const EVIDENCE_BYTES = 1_048_576;

/** Constants of the protocol (docs/protocol.md §10). What the ledger may change is in its Parameters instead. */
export const LIMITS = {
  txBytes: 65_536,
  /** Of a `Tx` on the wire: its body, and eight signatures of three fields; nothing is signed by more than three. */
  txFields: 33,
  /** Of a `Body` on the wire: 200 records have 1,406. */
  bodyFields: 1_500,
  anchorEntries: 200,
  epochStatements: 64,
  /** Of the header of a record. */
  headerBytes: 512,
  /** Of an EpochStatement, KeySuccession or Skip that a transaction carries; the longest one there is has less. */
  statementBytes: 200,
  grantTags: 64,
  deviceTags: 32,
  nonceWindow: 1_024,
  sequenceWindow: 1_024,
  recordCiphertextBytes: 65_536,
  postBodyBytes: 1_048_576,
  /** Of several records on the wire: 1 MiB of the smallest there are has fewer. */
  postFields: 12_288,
  /** Numbers or registrations that one service asks another about at once; a body of records names fewer. */
  questionsAtOnce: 2_048,
  inflatedPayloadBytes: 1_048_576,
  smallestSizeClassBytes: 256,
  readingsPerRecord: 64,
  releasePage: 1_000,
  releasesPerRecord: 3,
  slotSeconds: 3_600,
  innerKeyBytes: 80,
  sealedKeyBytes: 128,
  chainIdLength: 50,
  /** The whole pool, with up to four bytes more for each transaction, fits in a block: PrepareProposal sees it all. */
  mempoolBytes: 33_554_432,
  mempoolTxs: 50_000,
  /** CometBFT's `consensus_params.block.max_bytes`, the same on every chain of ours. */
  cometBlockBytes: BLOCK_BYTES,
  /** CometBFT's `consensus_params.evidence.max_bytes`; a part of the block. */
  cometEvidenceBytes: EVIDENCE_BYTES,
  /** A question for proofs, its keys, its logs, and the leaves of one log in it. */
  proofRequestBytes: 16_384,
  proofKeys: 64,
  proofLogs: 16,
  /** Of one log in a question, and of all in an answer. */
  proofLeaves: 1_000,
  /** An answer with proofs. */
  proofAnswerBytes: 1_048_576,
  /** Fields on the wire of an answer; what is longest of an honest one are siblings, of 34 bytes each. */
  proofAnswerFields: 65_536,
  /**
   * Largest ABCI request. CometBFT 0.38 (state/execution.go) hands a block over as its transactions, each with the same
   * prefix as in the block, votes of about a third of their size in the block, a few fields of the header, and evidence
   * written anew, which is longer than in the block by less than a half.
   */
  abciMessageBytes: BLOCK_BYTES + EVIDENCE_BYTES,
} as const;

/** Slot of a time: hours since the Unix epoch. */
export function slotOf(unixSeconds: number | bigint): number {
  return Number(BigInt(unixSeconds) / BigInt(LIMITS.slotSeconds));
}

/** Kafka topics. */
export const TOPICS = {
  recordsAccepted: 'vv.records.accepted.v1',
  ledgerEvents: 'vv.ledger.events.v1',
  alerts: 'vv.alerts.v1',
} as const;

type Service = 'ingest' | 'policy' | 'storage' | 'notify';
/** Which services write a topic and which read it; nobody else may do either (docs/operations/install.md). */
export const TOPIC_USERS: Readonly<
  Record<(typeof TOPICS)[keyof typeof TOPICS], {readonly write: readonly Service[]; readonly read: readonly Service[]}>
> = {
  [TOPICS.recordsAccepted]: {write: ['ingest', 'storage'], read: ['storage']},
  [TOPICS.ledgerEvents]: {write: ['policy', 'notify'], read: ['ingest', 'notify']},
  [TOPICS.alerts]: {write: ['policy', 'storage', 'notify'], read: ['notify']},
};

/** Kinds of state keys (docs/protocol.md §5.1). Append only. */
export const STATE_KIND = {
  parameters: 1,
  organisation: 2,
  organisationKey: 3,
  member: 4,
  patient: 5,
  keyOwner: 6,
  device: 7,
  registration: 8,
  sequenceWindow: 9,
  epochHead: 10,
  grant: 11,
  readsUsed: 12,
  nonceWindow: 13,
  bucket: 14,
  recordLog: 15,
  accessLog: 16,
  documentHead: 17,
  tombstone: 18,
  validator: 19,
  pendingChange: 20,
  epochStatement: 21,
  holdings: 22,
  stateSize: 23,
  succession: 24,
  misbehaviour: 25,
  peer: 26,
  usedKeys: 27,
} as const;

export const ORG_ROLE = {admin: 1, sponsor: 2, ingest: 3, storage: 4, policy: 5, release: 6} as const;
export const KEY_OWNER = {organisation: 1, member: 2, patient: 3, device: 4} as const;
export const MEMBER_ROLE = {physician: 1, nurse: 2, laboratory: 3, auditor: 4} as const;
export const DEVICE_CLASS = {wearable: 1, implant: 2, edge: 3, phone: 4} as const;
export const ACTION = {read: 1, write: 2} as const;
/** Purposes of use: codes of HL7 v3-ActReason. */
export const PURPOSE = {
  TREAT: 1,
  ETREAT: 2,
  HRESCH: 3,
  HPAYMT: 4,
  HOPERAT: 5,
  PATRQT: 6,
  FAMRQT: 7,
  PUBHLTH: 8,
} as const;
