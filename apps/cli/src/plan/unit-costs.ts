/**
 * What a record, a question and a block cost. Records are those of the bench: 64 readings of a heart rate, sealed, 250
 * in a pack. Measured by `make bench`, row 15 (bench/RESULTS.md), on one machine with four validators and three IPFS
 * peers; `plan.spec.ts` holds them within a fifth of its last run.
 */
export const READINGS_OF_RECORD = 64;

/** CPU of a record, in milliseconds, of one process of each kind. */
export const RECORD_CPU_MS = {
  ingest: 1.1,
  storage: 2.8,
  policy: 0.42,
  notify: 0.14,
  postgres: 1.9,
  kafka: 0.39,
  'ipfs peer': 0.9,
  validator: 1.1,
} as const;

/**
 * Bytes that a record leaves in each store, of one copy. Kafka's are gone after its retention, all others stay.
 */
export const RECORD_BYTES = {storage: 3_000, policy: 14, kafka: 4_900, ipfs: 4_300, comet: 240, ledger: 463} as const;

/**
 * A question that is answered: rows of docs/operations/capacity.md. Of every hospital's, as the ledger has it, policy
 * keeps the transaction and the leaf, notify an alert that was asked; of its own, policy keeps the signed request and a
 * row for each record whose key was given, notify an alert that keys left.
 */
export const QUESTION_BYTES = {
  policyOfAll: 400 + 650,
  policy: 1_000,
  policyEachRecord: 330,
  notifyOfAll: 600,
  notify: 600,
  kafkaForEver: 500,
  comet: 700,
  ledger: 400,
} as const;

/** CPU of a question in policy: its block (row 12p), and each key that is opened and sealed again (row 12r). */
export const QUESTION_CPU_MS = {policy: 0.4, policyEachRecord: 1.4} as const;

/** A block without transactions comes every ten seconds, and leaves this (row S0; state of ledger-abci). */
export const EMPTY_BLOCK = {seconds: 10, comet: 2_600, ledger: 113} as const;

/** Days that Kafka keeps what was accepted. */
export const KAFKA_DAYS = 7;
