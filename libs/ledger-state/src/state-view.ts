import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import type {Frontier} from '@vitalvault/proofs';
import {encodeStateKey} from '@vitalvault/proofs';

/** The state after some block, as the transition function reads it. */
export interface StateView {
  /**
   * Canonical bytes under (kind, id parts), which nobody writes into; undefined when there is nothing.
   * @param name `keyName` of the same, where the caller has it already
   */
  get(kind: number, parts: readonly Uint8Array[], name?: string): Uint8Array | undefined;
  /**
   * What is needed to append to the record log (kind 15) or access log (kind 16) of a patient; empty when there is
   * none.
   */
  frontier(kind: number, patient: Uint8Array): Frontier;
}

/** What `load` asks. */
export interface ReadableState extends Pick<StateView, 'get'> {
  /** The message that bytes of this state are, where a state knows it already. */
  decoded?<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D>;
}

/** A state that takes changes. */
export interface MutableState extends ReadableState {
  set(kind: number, parts: readonly Uint8Array[], value: Uint8Array | undefined): void;
}

/** One difference between two states. */
export interface StateChange {
  readonly kind: number;
  readonly parts: readonly Uint8Array[];
  /** Undefined: the key is taken out. */
  readonly value: Uint8Array | undefined;
}

/** A leaf that was appended to a log. */
export interface NewLeaf {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly index: bigint;
  /** Canonical bytes of RecordLeaf or AccessLeaf. */
  readonly leaf: Uint8Array;
}

/** A leaf with its hash in the log. */
export interface HashedLeaf extends NewLeaf {
  readonly hash: Uint8Array;
}

/** Unambiguous name of a key for maps in memory: a character per byte, so that text order is byte order. */
export function keyName(kind: number, parts: readonly Uint8Array[]): string {
  // `apply` takes the bytes as they are; spreading them would iterate, several times slower.
  return String.fromCharCode.apply(null, encodeStateKey(kind, parts) as unknown as number[]);
}
