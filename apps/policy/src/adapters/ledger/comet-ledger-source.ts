import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {LedgerClient} from '@vitalvault/ledger-client';
import type {ProofQuestion} from '@vitalvault/light-client';
import {withSpan} from '@vitalvault/process';
import type {LedgerSource} from '../../application/ports.js';

const HEADER_MS = 12_000;

/** The ledger over CometBFT's RPC: through whichever validator answers, or through one that the caller names. */
export class CometLedgerSource implements LedgerSource {
  /** @param each one client per validator, in the order of the configuration. */
  constructor(
    private readonly any: LedgerClient,
    private readonly each: readonly LedgerClient[],
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

  private client(validator: number | undefined): LedgerClient {
    return (validator === undefined ? undefined : this.each[validator]) ?? this.any;
  }
}
