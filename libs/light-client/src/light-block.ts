/** UTC time of a header or a vote: Unix seconds and nanoseconds below one second. */
export interface Timestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** What a vote is for: hash of the header, and of the parts that the block travels in. Empty hashes: nothing (nil). */
export interface BlockId {
  readonly hash: Uint8Array;
  readonly partsTotal: number;
  readonly partsHash: Uint8Array;
}

/** Header of a CometBFT 0.38 block. Hashes are 32 bytes, or empty in the first block; addresses 20 bytes. */
export interface Header {
  readonly blockVersion: bigint;
  readonly appVersion: bigint;
  readonly chainId: string;
  readonly height: bigint;
  readonly time: Timestamp;
  readonly lastBlockId: BlockId;
  readonly lastCommitHash: Uint8Array;
  readonly dataHash: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly consensusHash: Uint8Array;
  /** Root of the state map after the block before this one. */
  readonly appHash: Uint8Array;
  readonly lastResultsHash: Uint8Array;
  readonly evidenceHash: Uint8Array;
  readonly proposerAddress: Uint8Array;
}

/** Flags of a commit's entries, as CometBFT numbers them. */
export const VOTE_FLAG = {absent: 1, commit: 2, nil: 3} as const;

/** One validator's entry in a commit; the order is that of the validator set. */
export interface CommitSignature {
  readonly flag: number;
  readonly address: Uint8Array;
  readonly time: Timestamp;
  /** Ed25519, 64 bytes; empty when absent. */
  readonly signature: Uint8Array;
}

/** The precommits that decided a block. */
export interface Commit {
  readonly height: bigint;
  readonly round: number;
  readonly blockId: BlockId;
  readonly signatures: readonly CommitSignature[];
}

/** A header with the commit that signs it: what the RPC's /commit gives as signed_header. */
export interface LightBlock {
  readonly header: Header;
  readonly commit: Commit;
}
