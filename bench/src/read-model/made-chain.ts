import {BinaryWriter, WireType} from '@bufbuild/protobuf/wire';
import {decodeCanonical, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {TestLedger, answerProofs} from '@vitalvault/ledger-state/testing';
import {signHeader} from '@vitalvault/light-client/testing';
import {leafHash, merkleRoot} from '@vitalvault/proofs';
import {closeSync, openSync, readSync, writeSync} from 'node:fs';
import {benchGenesis} from '../ledger/bench-genesis.js';

type Results = readonly {readonly code: number; readonly data: Uint8Array}[];

/** What CometBFT's RPC gives of a block, by the method that gives it. */
const PARTS = ['block', 'block_results', 'commit'] as const;
export type Part = (typeof PARTS)[number];

/**
 * A chain without consensus, in a file: blocks of the transition function under headers that made-up validators signed,
 * as the JSON that CometBFT's RPC gives of them; and the proofs of its newest state.
 */
export class MadeChain {
  readonly genesis = benchGenesis();
  /** Signatures of transactions are not looked at: nobody has made them. */
  readonly ledger = new TestLedger(this.genesis, {verify: () => true, sha256: sha256Of});
  readonly #file: number;
  /** Where each part of each block ends. */
  readonly #ends: number[] = [];
  #results: Results = [];

  constructor(path: string) {
    this.#file = openSync(path, 'w+');
  }

  close(): void {
    closeSync(this.#file);
  }

  get height(): number {
    return this.#ends.length / PARTS.length;
  }

  /** Of its file. */
  get bytes(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** @returns the results; @throws Error unless each is executed with code 0 */
  add(txs: readonly Uint8Array[]): Results {
    const before = {appHash: this.ledger.appHash, lastResultsHash: hashOf(this.#results)};
    this.#results = this.ledger.commit(txs).results.map(({code, data}) => ({code, data}));
    const failed = this.#results.find(({code}) => code !== 0);
    if (failed !== undefined) throw new Error(`a transaction of the bench has code ${String(failed.code)}`);
    const {height, time: timeSeconds} = this.ledger.block;
    const dataHash = merkleRoot(txs.map((tx) => leafHash(sha256Of(tx))));
    const signed = JSON.parse(signHeader({height, timeSeconds, dataHash, ...before})) as Signed;
    this.#write(JSON.stringify(blockOf(signed, txs)));
    this.#write(JSON.stringify(resultsOf(height, this.#results)));
    this.#write(JSON.stringify({signed_header: signed, canonical: true}));
    return this.#results;
  }

  /** As CometBFT answers; undefined: there is no such block yet. */
  part(part: Part, height: number): Buffer | undefined {
    const at = (height - 1) * PARTS.length + PARTS.indexOf(part);
    const end = this.#ends[at];
    if (end === undefined) return undefined;
    const begin = this.#ends[at - 1] ?? 0;
    const bytes = Buffer.allocUnsafe(end - begin);
    readSync(this.#file, bytes, 0, bytes.length, begin);
    return bytes;
  }

  /** @param question a ProofRequest */
  proofs(question: Uint8Array): Uint8Array {
    const answer = answerProofs(this.ledger, decodeCanonical(ProofRequestSchema, question));
    return encodeCanonical(ProofResponseSchema, answer);
  }

  #write(text: string): void {
    const begin = this.#ends.at(-1) ?? 0;
    this.#ends.push(begin + writeSync(this.#file, text, begin));
  }
}

interface Signed {
  readonly header: object;
  readonly commit: {readonly block_id: object};
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
/** Of what a made-up header has none of; cosmjs wants it named. */
const NONE = {last_block_id: {hash: ''}, last_commit_hash: '', evidence_hash: ''};

const blockOf = ({header, commit}: Signed, txs: readonly Uint8Array[]) => ({
  block_id: commit.block_id,
  block: {
    header: {...NONE, ...header},
    data: {txs: txs.map(base64)},
    evidence: {evidence: []},
    // A real one has the signatures of the block before: so many bytes are read, and not looked at.
    last_commit: {...commit, block_id: {hash: ''}},
  },
});

const resultsOf = (height: bigint, results: Results) => ({
  height: height.toString(),
  txs_results: results.map(({code, data}) => ({
    code,
    data: base64(data),
    log: '',
    info: '',
    gas_wanted: '0',
    gas_used: '0',
    events: [],
    codespace: '',
  })),
  finalize_block_events: null,
  validator_updates: null,
  consensus_param_updates: null,
  app_hash: '',
});

/** Of results with code 0, as CometBFT hashes them. */
const hashOf = (results: Results): Uint8Array =>
  merkleRoot(
    results.map(({data}) =>
      leafHash(
        data.length === 0 ? new Uint8Array() : new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(data).finish(),
      ),
    ),
  );
