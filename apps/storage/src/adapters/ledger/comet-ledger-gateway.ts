import {STATE_KIND, decodeCanonical, fromHex} from '@vitalvault/contracts';
import {NonceWindowSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {verifiedProofs} from '@vitalvault/ledger-client';
import type {LedgerClient} from '@vitalvault/ledger-client';
import type {ChainTrust} from '@vitalvault/light-client';
import type {LedgerGateway} from '../../application/ports.js';

/** The ledger over CometBFT's RPC. */
export class CometLedgerGateway implements LedgerGateway {
  constructor(
    private readonly client: LedgerClient,
    private readonly trust: ChainTrust,
  ) {}

  get nodes(): number {
    return this.client.nodes;
  }

  async broadcast(tx: Uint8Array): Promise<void> {
    await this.client.broadcast(tx);
  }

  // Proven: a node that could say 2^64 - 1 here would use up all our numbers for good. As new as what we have followed:
  // by an old state, numbers would be used again. Our clock says nothing of it, and anchoring needs none (ADR 0035).
  async highestNonce(keyId: string, atLeast: bigint): Promise<bigint> {
    const parts = [fromHex(keyId)];
    const keys = [{kind: STATE_KIND.nonceWindow, parts}];
    const {answer} = await verifiedProofs({
      client: this.client,
      trust: this.trust,
      request: {keys},
      atLeast,
      maxHeaderAgeMs: 'any-time',
    });
    const window = answer.state(STATE_KIND.nonceWindow, parts);
    return window === undefined ? 0n : decodeCanonical(NonceWindowSchema, window).highest;
  }
}
