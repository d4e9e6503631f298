/** State of a record: RecordState of storage.proto. */
export const STATE = {accepted: 1, stored: 2, anchored: 3, refused: 4} as const;
export type RecordStateName = keyof typeof STATE;

/** The number that a device gives a record: the key of idempotence. */
export interface RecordNumber {
  /** Hexadecimal. */
  readonly device: string;
  readonly registration: number;
  readonly sequence: bigint;
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
