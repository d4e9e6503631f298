import {LIMITS} from '@vitalvault/contracts';

/** State of a record: RecordState of storage.proto. */
export const STATE = {accepted: 1, stored: 2, anchored: 3, refused: 4, skipped: 5} as const;
export type RecordStateName = keyof typeof STATE;

/** The number that a device gives a record: the key of idempotence. */
export interface RecordNumber {
  /** Hexadecimal. */
  readonly device: string;
  readonly registration: number;
  readonly sequence: bigint;
}

/**
 * Number of its registration that has to be anchored or skipped before the ledger takes a record; undefined: it takes
 * it now, or has judged it. @spec docs/protocol.md §3.6
 */
export function waitsFor(
  {state, sequence}: {state: RecordStateName; sequence: bigint},
  lowestOpen: bigint,
): bigint | undefined {
  const waits = (state === 'accepted' || state === 'stored') && sequence >= lowestOpen + BigInt(LIMITS.sequenceWindow);
  return waits ? lowestOpen : undefined;
}

/** A record as ingest accepted it. Ids are lower-case hexadecimal. */
export interface AcceptedRecord extends RecordNumber {
  readonly recordId: string;
  readonly patient: string;
  readonly typeTag: string;
  readonly slot: number;
  /** Canonical bytes of the RecordHeader. */
  readonly header: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly ciphertextHash: Uint8Array;
  readonly innerKeyHash: Uint8Array;
  readonly sealedKey: Uint8Array;
  readonly sealedKeyHash: Uint8Array;
  readonly signature: Uint8Array;
  /** Canonical bytes of the SignedAccepted. */
  readonly receipt: Uint8Array;
  readonly acceptedAtMs: bigint;
  readonly cid: string;
  readonly traceparent: string | undefined;
}

/** The parts that go into a transaction and to a reader: what the device signed. */
export interface SignedParts {
  readonly header: Uint8Array;
  readonly ciphertextHash: Uint8Array;
  readonly innerKeyHash: Uint8Array;
  readonly sealedKeyHash: Uint8Array;
  readonly signature: Uint8Array;
}

/** A number that its device gives up. */
export interface AcceptedSkip extends RecordNumber {
  /** T("skip", bytes) in hexadecimal: what the device signed. */
  readonly skipId: string;
  readonly patient: string;
  /** Canonical bytes of the Skip. */
  readonly skip: Uint8Array;
  readonly signature: Uint8Array;
  readonly traceparent: string | undefined;
}

/** What a message of vv.records.accepted.v1 brings. */
export type Accepted =
  {readonly kind: 'record'; readonly record: AcceptedRecord} | {readonly kind: 'skip'; readonly skip: AcceptedSkip};
