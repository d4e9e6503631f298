import {decodeCanonical} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {DEFAULT_PARAMETERS, TEST_CHAIN, TestLedger, answerProofs, testGenesis} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import type {ProofQuestion} from '@vitalvault/light-client';
import {verifiedHeader, verifiedLeaves, verifiedProofs} from '@vitalvault/ledger-client';
import type {LeavesOfLog, VerifiedProofs} from '@vitalvault/ledger-client';
import {noAnswer} from '@vitalvault/ledger-client/testing';
import type {LedgerBlock, LedgerSource, ProvenLogs} from '../../src/application/ports.js';
import {TestValidators} from './test-validators.js';

/**
 * A chain without consensus: the real transition function, real proofs, and headers that real keys signed. Each block
 * is followed by an empty one at once, as CometBFT does when the app hash changed.
 */
export class FakeChain implements LedgerSource, ProvenLogs {
  readonly validators = 1;
  readonly url = 'http://fake';
  readonly validatorSet = new TestValidators(TEST_CHAIN);
  readonly ledger: TestLedger;
  readonly genesis: Genesis;
  readonly blocks: LedgerBlock[] = [];
  readonly demoted: string[] = [];
  readonly sent: Uint8Array[] = [];
  // Signing costs: only headers that somebody asks for are signed.
  readonly #headers: (() => string)[] = [];
  /** Lies about what is answered. */
  tamper: {proofs?: (response: ProofResponse) => ProofResponse; header?: (json: string) => string} = {};
  away = false;

  /** @param startSeconds block time of the genesis; the clock of the chain. */
  constructor(private readonly startSeconds: bigint) {
    const bytes = testGenesis(['hospital', 'clinic', 'east', 'west'], DEFAULT_PARAMETERS, this.validatorSet.publicKeys);
    this.genesis = decodeCanonical(GenesisSchema, bytes);
    this.ledger = new TestLedger(bytes);
    this.ledger.block = {height: 0n, time: startSeconds};
  }

  /** A block with these transactions, and the empty one after it. @returns the code of each. */
  commit(txs: readonly Uint8Array[], seconds = 1n): number[] {
    const codes = this.block(txs, seconds);
    if (txs.length > 0) this.block([], 0n);
    return codes;
  }

  /** Another node of this chain that has seen no more than the blocks until now. */
  lagging(): FakeChain {
    const node = new FakeChain(this.startSeconds);
    for (const {timeSeconds, transactions} of this.blocks)
      node.block(
        transactions.map(({bytes}) => bytes),
        timeSeconds - node.ledger.block.time,
      );
    return node;
  }

  /** One transaction in a block of its own. */
  run(message: TxMessage, signers: readonly TestKey[]): {code: number; tx: Uint8Array} {
    const tx = this.ledger.tx(message, signers);
    return {code: this.commit([tx])[0] ?? -1, tx};
  }

  async broadcast(transaction: Uint8Array): Promise<void> {
    this.answer();
    this.sent.push(transaction);
  }

  async signedHeader(height: bigint | 'latest'): Promise<string> {
    this.answer();
    const json = this.header(height === 'latest' ? this.ledger.block.height : height);
    if (json === undefined) throw new DomainError('not-found');
    return this.tamper.header?.(json) ?? json;
  }

  /** The true header, if that block exists. */
  header(height: bigint): string | undefined {
    return this.#headers[Number(height) - 1]?.();
  }

  waitForHeader = (height: bigint): Promise<string> =>
    this.signedHeader(height).catch(() => {
      // As the client says of a block that does not come; a cause would be a node that does not answer.
      throw new DomainError('ledger-unavailable');
    });

  lightBlock = (height?: bigint): Promise<string> => this.signedHeader(height ?? 'latest');
  inTurn = (): readonly this[] => [this];
  demote = (_url: string, why: string): void => void this.demoted.push(why);
  passOver = this.demote;
  early = this.demote;
  proved = (): void => undefined;
  headersOf = (height: bigint | 'newest'): Promise<string[]> =>
    Promise.resolve([this.header(height === 'newest' ? this.ledger.block.height : height) ?? '']);

  async proofs(question: ProofQuestion): Promise<ProofResponse> {
    this.answer();
    const response = answerProofs(this.ledger, question);
    return this.tamper.proofs?.(response) ?? response;
  }

  verifiedHeader = (height: bigint | {readonly atLeast: bigint}): Promise<string> =>
    verifiedHeader({client: this, trust: this.validatorSet.trust, height});

  verifiedProofs = (request: ProofQuestion, {atLeast}: {readonly atLeast: bigint}): Promise<VerifiedProofs> =>
    verifiedProofs({client: this, request, trust: this.validatorSet.trust, atLeast, maxHeaderAgeMs: 'any-time'});

  leaves = (logs: readonly LeavesOfLog[], atLeast: bigint): Promise<readonly (readonly Uint8Array[])[]> =>
    verifiedLeaves(logs, {client: this, trust: this.validatorSet.trust, atLeast});

  private block(txs: readonly Uint8Array[], seconds: bigint): number[] {
    const before = this.ledger.appHash;
    const {results} = this.ledger.commit(txs, seconds);
    const {height, time} = this.ledger.block;
    let signed: string | undefined;
    this.#headers.push(() => (signed ??= this.validatorSet.sign({height, timeSeconds: time, appHash: before})));
    this.blocks.push({
      height,
      timeSeconds: time,
      transactions: txs.map((bytes, i) => ({
        bytes,
        code: results[i]?.code ?? -1,
        data: results[i]?.data ?? new Uint8Array(),
      })),
    });
    return results.map(({code}) => code);
  }

  private answer(): void {
    if (this.away) throw noAnswer();
  }
}
