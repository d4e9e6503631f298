/** What a reader asks for: the fields of RequestAccess that the decision reads. */
export interface AccessRequest {
  /** Patient id, 20 bytes. */
  readonly patient: Uint8Array;
  /** 16 bytes; all zero: a type the reader cannot name. */
  readonly typeTag: Uint8Array;
  /** Hours since the Unix epoch, both inclusive; `slotFrom` ≤ `slotTo` was checked before. */
  readonly slotFrom: number;
  readonly slotTo: number;
  readonly purpose: number;
  readonly action: number;
}

/** Who asks, as the state knows the key that signed. */
export interface Reader {
  /** Identity of the member or patient, 20 bytes. */
  readonly id: Uint8Array;
  /** Absent: the reader is not a member of any organisation. */
  readonly member?: {readonly organisation: Uint8Array; readonly suspended: boolean};
}

/**
 * The grant that stands under (patient, grant id): the terms that the decision reads. All bounds are inclusive slots.
 */
export interface GrantTerms {
  readonly revoked: boolean;
  /** Identity of a member or of an organisation. */
  readonly grantee: Uint8Array;
  /** A single zero tag: every type. */
  readonly typeTags: readonly Uint8Array[];
  readonly actions: readonly number[];
  readonly purposes: readonly number[];
  readonly accessFromSlot: number;
  readonly accessToSlot: number;
  readonly dataFromSlot: number;
  readonly dataToSlot: number;
  /** Permits over all versions; 0: no limit. */
  readonly maxReads: number;
}

/** State after everything before this request in the chain's order. */
export interface AccessFacts {
  readonly reader: Reader;
  /** Undefined: no grant under (patient, grant id). */
  readonly grant: GrantTerms | undefined;
  /** Permits given so far under (patient, grant id). */
  readonly readsUsed: bigint;
  /** Slot of the block time, never of a wall clock. */
  readonly blockSlot: number;
}
