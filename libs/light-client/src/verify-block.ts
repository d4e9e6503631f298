import {equalBytes, sha256Of} from '@vitalvault/contracts';
import {leafHash, merkleRoot} from '@vitalvault/proofs';
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
  const verdict = (header: string | object): LightBlockVerdict => verifySignedHeader(header, trust, 'any-time');
  return blockFault(block, {own: verdict(own), ...(next === undefined ? {} : {next: verdict(next)})});
}

/** As `verifyBlock`, by what is known of the headers: the next one of a block is the own one of its successor. */
export function blockFault(
  block: ClaimedBlock,
  {own, next}: {readonly own: LightBlockVerdict; readonly next?: LightBlockVerdict},
): BlockFault | undefined {
  if (!own.ok || own.header.height !== block.height) return headerFault(own);
  if (own.header.timeSeconds !== block.timeSeconds) return 'wrong-time';
  // Nothing else can be hashed: no node means it by a code.
  if (!block.results.every(({code}) => Number.isInteger(code) && code >= 0 && code <= 0xffff_ffff))
    return 'wrong-results';
  if (!equalBytes(transactionsHash(block.txs), own.header.dataHash)) return 'wrong-transactions';
  if (block.txs.length === 0 && block.results.length === 0) return undefined;
  if (next === undefined) return 'wrong-results';
  if (!next.ok || next.header.height !== block.height + 1n) return headerFault(next);
  return equalBytes(resultsHash(block.results), next.header.lastResultsHash) ? undefined : 'wrong-results';
}

const headerFault = (verdict: LightBlockVerdict): BlockFault => (verdict.ok ? 'wrong-height' : verdict.reason);

function transactionsHash(txs: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(txs.map((tx) => leafHash(sha256Of(tx))));
}

function resultsHash(results: ClaimedBlock['results']): Uint8Array {
  return merkleRoot(
    results.map(({code, data}) => leafHash(new Wire().varint(1, BigInt(code)).bytes(2, data).finish())),
  );
}
