import {STATE_KIND, decodeCanonical, fromHex} from '@vitalvault/contracts';
import {NonceWindowSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {LedgerClient} from '@vitalvault/ledger-client';
import type {LedgerGateway} from '../../application/ports.js';

/** The ledger over CometBFT's RPC. */
export class CometLedgerGateway implements LedgerGateway {
  constructor(private readonly client: LedgerClient) {}

  async broadcast(tx: Uint8Array): Promise<void> {
    await this.client.broadcast(tx);
  }

  // Not proven: a node that lies here makes us skip numbers or be refused, nothing else.
  async highestNonce(keyId: string): Promise<bigint> {
    const {states} = await this.client.proofs({keys: [{kind: STATE_KIND.nonceWindow, parts: [fromHex(keyId)]}]});
    const [state] = states;
    return state?.present === true ? decodeCanonical(NonceWindowSchema, state.value).highest : 0n;
  }
}
