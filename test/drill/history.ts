import {equalBytes, sha256Of, toHex} from '@vitalvault/contracts';
import {checkStructure, executeBlock, genesisState} from '@vitalvault/ledger-state';
import {MemoryState, REMEMBERING_PORTS, TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import type {Validator} from './validator.js';

interface BlockAnswer {
  readonly block_id: {readonly hash: string};
  readonly block: {
    readonly header: {
      readonly height: string;
      readonly time: string;
      readonly app_hash: string;
      readonly proposer_address: string;
    };
    readonly data: {readonly txs: readonly string[] | null};
  };
}

export interface DecidedBlock {
  readonly height: number;
  readonly proposer: string;
  readonly txs: readonly Uint8Array[];
  /** One code a transaction, of the transition function; the chain's own are compared with it. */
  readonly codes: readonly number[];
}

/**
 * Executes a validator's whole history anew with the pure transition function, from genesis.
 * @returns its blocks, the newest left out: its app hash is in a header that does not exist yet
 * @throws when a header has another app hash, or a block other codes
 */
export async function executeHistory(validator: Validator, appState: Uint8Array): Promise<DecidedBlock[]> {
  const state = new MemoryState();
  let appHash = state.apply(genesisState(appState, state, REMEMBERING_PORTS).changes, []);
  const newest = await validator.height();
  const blocks: DecidedBlock[] = [];
  for (let height = 1; height <= newest; height++) {
    const {block} = await validator.rpc<BlockAnswer>(`block?height=${height}`);
    if (!equalBytes(appHash, Buffer.from(block.header.app_hash, 'hex')))
      throw new Error(`${validator.name}: app hash of header ${height} is not that of the transition function`);
    if (height === newest) break;
    const txs = (block.data.txs ?? []).map((tx) => new Uint8Array(Buffer.from(tx, 'base64')));
    const time = BigInt(Math.floor(Date.parse(block.header.time) / 1_000));
    const executed = executeBlock(
      state,
      {chainId: TEST_CHAIN, block: {height: BigInt(height), time}, ports: REMEMBERING_PORTS},
      txs.map((tx) => checkStructure(tx, TEST_CHAIN, REMEMBERING_PORTS)),
    );
    const codes = executed.results.map(({code}) => code);
    const told = await codesOf(validator, height);
    if (told.join() !== codes.join())
      throw new Error(`block ${height} has the codes ${told.join()}, the transition function ${codes.join()}`);
    appHash = state.apply(executed.changes, executed.leaves);
    blocks.push({height, proposer: block.header.proposer_address, txs, codes});
  }
  return blocks;
}

async function codesOf(validator: Validator, height: number): Promise<number[]> {
  const {txs_results: results} = await validator.rpc<{txs_results: {code?: number}[] | null}>(
    `block_results?height=${height}`,
  );
  return (results ?? []).map(({code}) => code ?? 0);
}

/** Block hashes of one height at several validators; honest ones agree. */
export async function blockHashes(validators: readonly Validator[], height: number): Promise<Set<string>> {
  const answers = await Promise.all(
    validators.map((validator) => validator.rpc<BlockAnswer>(`block?height=${height}`)),
  );
  return new Set(answers.map(({block_id: id}) => id.hash));
}

/** Name of a transaction in a set: CometBFT's hash of its bytes. */
export const txName = (tx: Uint8Array): string => toHex(sha256Of(tx));
