import {equalBytes, sha256Of} from '@vitalvault/contracts';
import {leafHash, merkleRoot} from '@vitalvault/proofs';
import {parseLightBlock} from './parse-light-block.js';
import {verifySignedHeader} from './verify-light-block.js';
import type {ChainTrust, LightBlockReason, LightBlockVerdict} from './verify-light-block.js';
import {Wire} from './wire.js';

/** A block as somebody gave it. Our ledger neither wants nor uses gas. */
export interface ClaimedBlock {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly txs: readonly Uint8Array[];
  readonly results: readonly {readonly code: number; readonly data: Uint8Array}[];
}

export interface BlockHeaders {
  /** JSON of the block's own header with its commit. */
  readonly own: string | object;
  /** That of the next height, which alone speaks for the results; needed when there are transactions. */
  readonly next?: string | object;
}

export type BlockFault = LightBlockReason | 'wrong-height' | 'wrong-time' | 'wrong-transactions' | 'wrong-results';

/**
 * Whether a block is the chain's own: its transactions by the header's data hash, their codes and data by the results
 * hash of the next header. Undefined when it is; else what is wrong. Its time is not compared with a clock: who follows
 * with a wrong one must still learn what the chain says.
 * @spec CometBFT 0.38, spec/core/data_structures.md#data and #lastresultshash
 */
export function verifyBlock(block: ClaimedBlock, {own, next}: BlockHeaders, trust: ChainTrust): BlockFault | undefined {
  const header = verifySignedHeader(own, trust, 'any-time');
  const wrong = headerFault(header, block.height);
  if (wrong !== undefined) return wrong;
  if (header.ok && header.header.timeSeconds !== block.timeSeconds) return 'wrong-time';
  // Nothing else can be hashed: no node means it by a code.
  if (!block.results.every(({code}) => Number.isInteger(code) && code >= 0 && code <= 0xffff_ffff))
    return 'wrong-results';
  if (!equalBytes(transactionsHash(block.txs), parseLightBlock(own).header.dataHash)) return 'wrong-transactions';
  if (block.txs.length === 0 && block.results.length === 0) return undefined;
  if (next === undefined) return 'wrong-results';
  const nextWrong = headerFault(verifySignedHeader(next, trust, 'any-time'), block.height + 1n);
  if (nextWrong !== undefined) return nextWrong;
  return equalBytes(resultsHash(block.results), parseLightBlock(next).header.lastResultsHash)
    ? undefined
    : 'wrong-results';
}

function headerFault(verdict: LightBlockVerdict, height: bigint): BlockFault | undefined {
  if (!verdict.ok) return verdict.reason;
  return verdict.header.height === height ? undefined : 'wrong-height';
}

function transactionsHash(txs: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(txs.map((tx) => leafHash(sha256Of(tx))));
}

function resultsHash(results: ClaimedBlock['results']): Uint8Array {
  return merkleRoot(
    results.map(({code, data}) => leafHash(new Wire().varint(1, BigInt(code)).bytes(2, data).finish())),
  );
}
