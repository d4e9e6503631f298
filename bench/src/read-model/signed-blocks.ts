import {BinaryWriter, WireType} from '@bufbuild/protobuf/wire';
import {encodeCanonical, sha256Of, toHex} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import type {LedgerBlock} from '@vitalvault/ledger-client';
import type {ProofQuestion} from '@vitalvault/light-client';
import {MADE_UP_TRUST, signHeader} from '@vitalvault/light-client/testing';
import {TestLedger, answerProofs} from '@vitalvault/ledger-state/testing';
import {leafHash, merkleRoot} from '@vitalvault/proofs';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {benchGenesis} from '../ledger/bench-genesis.js';

const URL = 'http://127.0.0.1:1';

/**
 * A chain as a node tells of it: the transition function's blocks and proofs, under headers that made-up validators
 * sign. Answers are kept: whoever asks the same again is not kept waiting for a ledger that would be another process.
 */
export class SignedBlocks {
  readonly genesis = benchGenesis();
  readonly ledger = new TestLedger(this.genesis, {verify: nativeVerify(), sha256: sha256Of});
  readonly trust = MADE_UP_TRUST;
  readonly currentUrl = URL;
  readonly answeredBy = URL;
  readonly url = URL;
  readonly #blocks: LedgerBlock[] = [];
  readonly #headers: string[] = [];
  readonly #answers = new Map<string, ProofResponse>();

  get height(): bigint {
    return this.ledger.block.height;
  }

  /** @throws Error unless each is executed with code 0 */
  add(txs: readonly Uint8Array[]): void {
    const before = {appHash: this.ledger.appHash, lastResultsHash: hashOfResults(this.#blocks.at(-1)?.results ?? [])};
    const results = this.ledger.commit(txs).results.map(({code, data}) => ({code, data}));
    const failed = results.find(({code}) => code !== 0);
    if (failed !== undefined) throw new Error(`a transaction of the bench has code ${String(failed.code)}`);
    const {height, time: timeSeconds} = this.ledger.block;
    const dataHash = merkleRoot(txs.map((tx) => leafHash(sha256Of(tx))));
    this.#headers.push(signHeader({height, timeSeconds, dataHash, ...before}));
    this.#blocks.push({height, timeSeconds, txs, results});
    this.#answers.clear();
  }

  blockIfThere = (height: bigint): Promise<LedgerBlock | undefined> =>
    Promise.resolve(this.#blocks[Number(height) - 1]);
  headersOf = (): Promise<string[]> => Promise.resolve([]);
  demoteLaggards = (): Promise<void> => Promise.resolve();
  demote = (_url: string, why: string): void => {
    throw new Error(why);
  };
  passOver = this.demote;
  early = this.demote;
  proved = (): void => undefined;
  inTurn = (): readonly [this] => [this];

  lightBlock(height?: bigint): Promise<string> {
    const header = height === undefined ? this.#headers.at(-1) : this.#headers[Number(height) - 1];
    return header === undefined ? Promise.reject(new DomainError('not-found')) : Promise.resolve(header);
  }

  waitForHeader = (height: bigint): Promise<string> => this.lightBlock(height);

  proofs(question: ProofQuestion): Promise<ProofResponse> {
    const key = toHex(encodeCanonical(ProofRequestSchema, question));
    const answer = this.#answers.get(key) ?? answerProofs(this.ledger, question);
    this.#answers.set(key, answer);
    return Promise.resolve(answer);
  }
}

/** Of results with code 0, as CometBFT hashes them. */
const hashOfResults = (results: LedgerBlock['results']): Uint8Array =>
  merkleRoot(
    results.map(({data}) =>
      leafHash(
        data.length === 0 ? new Uint8Array() : new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(data).finish(),
      ),
    ),
  );
