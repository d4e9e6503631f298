import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {verifiedHeader, verifiedProofs} from '@vitalvault/ledger-client';
import type {LedgerClient, LedgerNode, VerifiedProofs} from '@vitalvault/ledger-client';
import type {ChainTrust, ProofQuestion} from '@vitalvault/light-client';
import {withSpan} from '@vitalvault/process';
import type {LedgerSource} from '../../application/ports.js';

const HEADER_MS = 12_000;

/** The ledger over CometBFT's RPC: through whichever validator answers, or through one that the caller names. */
export class CometLedgerSource implements LedgerSource {
  /** @param each one client per validator, in the order of the configuration. */
  constructor(
    private readonly any: LedgerClient,
    private readonly each: readonly LedgerClient[],
    private readonly trust: ChainTrust,
  ) {}

  get validators(): number {
    return this.each.length;
  }

  async broadcast(transaction: Uint8Array): Promise<void> {
    await this.any.broadcast(transaction);
  }

  async signedHeader(height: bigint | 'latest', validator?: number): Promise<string> {
    return this.client(validator).lightBlock(height === 'latest' ? undefined : height);
  }

  async waitForHeader(height: bigint, validator?: number): Promise<string> {
    return withSpan('ledger.wait_for_header', {kind: 'client'}, () =>
      this.client(validator).waitForHeader(height, HEADER_MS),
    );
  }

  async proofs(request: ProofQuestion, validator?: number): Promise<ProofResponse> {
    return withSpan('ledger.proofs', {kind: 'client'}, () => this.client(validator).proofs(request));
  }

  async verifiedHeader(height: bigint | {readonly atLeast: bigint}): Promise<string> {
    return verifiedHeader({client: this.any, trust: this.trust, height});
  }

  async verifiedProofs(
    request: ProofQuestion,
    {atLeast, answered}: {readonly atLeast: bigint; readonly answered: () => void},
  ): Promise<VerifiedProofs> {
    const client = {
      demote: (url: string, why: string) => this.any.demote(url, why),
      passOver: (url: string, why: string) => this.any.passOver(url, why),
      early: (url: string, why: string) => this.any.early(url, why),
      proved: (url: string) => this.any.proved(url),
      headersOf: (height: bigint | 'newest', patienceMs?: number) => this.any.headersOf(height, patienceMs),
      inTurn: () => this.any.inTurn().map((node) => telling(node, answered)),
    };
    return withSpan('ledger.verified_proofs', {kind: 'client'}, () =>
      verifiedProofs({client, request, trust: this.trust, atLeast, maxHeaderAgeMs: 'any-time', timeoutMs: HEADER_MS}),
    ).catch((error: unknown) => {
      throw isUnproven(error)
        ? new DomainError('ledger-unavailable', {detail: 'No validator proves an answer.', cause: error})
        : error;
    });
  }

  private client(validator: number | undefined): LedgerClient {
    return (validator === undefined ? undefined : this.each[validator]) ?? this.any;
  }
}

const isUnproven = (error: unknown): boolean =>
  error instanceof DomainError && (error.code === 'not-verified' || error.code === 'behind');

/** The node, and `answered` is called when it has answered a question, or will not: it may be busy for long. */
const telling = (node: LedgerNode, answered: () => void): LedgerNode => ({
  url: node.url,
  lightBlock: (height) => node.lightBlock(height),
  waitForHeader: (height, timeoutMs) => node.waitForHeader(height, timeoutMs),
  proofs: async (request) => {
    try {
      return await node.proofs(request);
    } finally {
      answered();
    }
  },
});
