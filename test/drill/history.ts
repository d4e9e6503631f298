import {equalBytes, sha256Of, toHex} from '@vitalvault/contracts';
import {checkStructure, executeBlock, genesisState} from '@vitalvault/ledger-state';
import type {ProvenMisbehaviour} from '@vitalvault/ledger-state';
import {MemoryState, REMEMBERING_PORTS, TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import type {Validator} from './validator.js';

/** As CometBFT's RPC writes it. */
interface Evidence {
  readonly type: string;
  readonly value: {
    readonly vote_a: {readonly height: string; readonly validator_address: string};
    readonly ValidatorPower: string;
    readonly Timestamp: string;
  };
}

interface BlockAnswer {
  readonly block_id: {readonly hash: string};
  readonly block: {
    readonly header: {
      readonly height: string;
      readonly time: string;
      readonly app_hash: string;
      /** Merkle root of the block's evidence; SHA-256 of nothing when there is none. */
      readonly evidence_hash: string;
      readonly proposer_address: string;
    };
    readonly data: {readonly txs: readonly string[] | null};
    readonly evidence: {readonly evidence: readonly Evidence[] | null};
  };
}

export interface DecidedBlock {
  readonly height: number;
  /** Of its header. */
  readonly timeMs: number;
  readonly proposer: string;
  readonly txs: readonly Uint8Array[];
  /** One code a transaction, of the transition function; the chain's own are compared with it. */
  readonly codes: readonly number[];
  /** Newly recorded by this block. */
  readonly misbehaviour: readonly ProvenMisbehaviour[];
  readonly evidenceHash: string;
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
    const misbehaviour = (block.evidence.evidence ?? []).map(provenBy);
    const executed = executeBlock(
      state,
      {
        chainId: TEST_CHAIN,
        block: {height: BigInt(height), time: secondsOf(block.header.time)},
        ports: REMEMBERING_PORTS,
        misbehaviour,
      },
      txs.map((tx) => checkStructure(tx, TEST_CHAIN, REMEMBERING_PORTS)),
    );
    const codes = executed.results.map(({code}) => code);
    const told = await codesOf(validator, height);
    if (told.join() !== codes.join())
      throw new Error(`block ${height} has the codes ${told.join()}, the transition function ${codes.join()}`);
    appHash = state.apply(executed.changes, executed.leaves);
    const {proposer_address: proposer, evidence_hash: evidenceHash} = block.header;
    blocks.push({
      height,
      timeMs: Date.parse(block.header.time),
      proposer,
      txs,
      codes,
      misbehaviour: executed.misbehaviour,
      evidenceHash,
    });
  }
  return blocks;
}

const secondsOf = (time: string): bigint => BigInt(Math.floor(Date.parse(time) / 1_000));

/** What CometBFT tells the ledger of a piece of evidence. @throws for a kind that no drill makes */
function provenBy({type, value}: Evidence): ProvenMisbehaviour {
  if (!type.endsWith('DuplicateVoteEvidence')) throw new Error(`evidence of another kind: ${type}`);
  return {
    kind: 1,
    address: new Uint8Array(Buffer.from(value.vote_a.validator_address, 'hex')),
    height: BigInt(value.vote_a.height),
    time: secondsOf(value.Timestamp),
    power: BigInt(value.ValidatorPower),
  };
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
