import {toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {signedTx, TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import type {TestKey, TxParts} from '@vitalvault/ledger-state/testing';

const FAR_HEIGHT = 100_000n;
const EXPIRY_SECONDS = 3_600n;

/** Makes transactions that are good now, with nonces that rise per first signer. */
export class Sender {
  private readonly nonces = new Map<string, bigint>();

  tx(message: TxMessage, signers: readonly TestKey[], overrides: Partial<TxParts> = {}): Uint8Array {
    const name = toHex((signers[0] as TestKey).id);
    const nonce = overrides.nonce ?? (this.nonces.get(name) ?? 0n) + 1n;
    if (overrides.nonce === undefined) this.nonces.set(name, nonce);
    const expiresAtTime = BigInt(Math.floor(Date.now() / 1_000)) + EXPIRY_SECONDS;
    return signedTx({
      message,
      signers,
      chainId: TEST_CHAIN,
      nonce,
      expiresAtHeight: FAR_HEIGHT,
      expiresAtTime,
      ...overrides,
    });
  }
}
