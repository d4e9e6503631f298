import {decodeCanonical, equalBytes, NotCanonicalError, sha256Of} from '@vitalvault/contracts';
import {AccessLeafSchema, RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf, RecordLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {toCount} from './count.js';
import type {Count} from './count.js';
import {merkleRoot} from './merkle-root.js';
import type {Sha256} from './sha256.js';
import {leafHash} from './tree-hash.js';

/** A log as a patient got it, with the head that she proved under a header she trusts. */
export interface WholeLog {
  readonly head: {readonly size: Count; readonly root: Uint8Array};
  /** Canonical bytes, all of them, in order. */
  readonly leaves: readonly Uint8Array[];
}

export type LogFault =
  'missing-leaves' | 'extra-leaves' | 'wrong-root' | 'malformed-leaf' | 'wrong-index' | 'height-falls';
export type LogVerdict<L> =
  {readonly ok: true; readonly leaves: L[]} | {readonly ok: false; readonly fault: LogFault; readonly index?: number};

/**
 * Whether an access log is complete: all leaves from 0 to size − 1, rebuilt to the root, indexes rising by one, heights
 * never falling. Does NOT check how old the head is.
 * @spec docs/protocol.md §5.2
 */
export function verifyAccessLog(log: WholeLog, sha256: Sha256 = sha256Of): LogVerdict<AccessLeaf> {
  return verifyWhole(log, (leaf) => decodeCanonical(AccessLeafSchema, leaf), sha256);
}

/** As `verifyAccessLog`, for the log of records. */
export function verifyRecordLog(log: WholeLog, sha256: Sha256 = sha256Of): LogVerdict<RecordLeaf> {
  return verifyWhole(log, (leaf) => decodeCanonical(RecordLeafSchema, leaf), sha256);
}

function verifyWhole<L extends {index: bigint; height: bigint}>(
  {head, leaves}: WholeLog,
  decode: (leaf: Uint8Array) => L,
  sha256: Sha256,
): LogVerdict<L> {
  const size = toCount(head.size);
  if (size === undefined || BigInt(leaves.length) < size) return {ok: false, fault: 'missing-leaves'};
  if (BigInt(leaves.length) > size) return {ok: false, fault: 'extra-leaves'};
  const decoded: L[] = [];
  for (const [index, bytes] of leaves.entries()) {
    const leaf = attempt(() => decode(bytes));
    if (leaf === undefined) return {ok: false, fault: 'malformed-leaf', index};
    if (leaf.index !== BigInt(index)) return {ok: false, fault: 'wrong-index', index};
    if (leaf.height < (decoded[index - 1]?.height ?? 0n)) return {ok: false, fault: 'height-falls', index};
    decoded.push(leaf);
  }
  const root = merkleRoot(
    leaves.map((leaf) => leafHash(leaf, sha256)),
    sha256,
  );
  return equalBytes(root, head.root) ? {ok: true, leaves: decoded} : {ok: false, fault: 'wrong-root'};
}

function attempt<L>(decode: () => L): L | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}
