import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {decodeCanonical, fromHex, keyId} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Decision} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {LedgerClient, verifiedProofs} from '@vitalvault/ledger-client';
import type {VerifiedProofs} from '@vitalvault/ledger-client';
import {parseGenesis} from '@vitalvault/light-client';
import type {ProofQuestion} from '@vitalvault/light-client';
import {signedTx} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import type {Engines} from '@vitalvault/testkit';
import {eventually} from '@vitalvault/testkit';

const silent = {info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined};

export interface Included {
  readonly height: bigint;
  readonly code: number;
  readonly data: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A running chain as a test speaks to it: signs, sends, waits for the block, verifies from the genesis. */
export class RealChain {
  readonly client: LedgerClient;
  private readonly nonces = new Map<string, bigint>();

  constructor(
    private readonly engines: Engines,
    private readonly genesisText: string,
  ) {
    this.client = new LedgerClient({rpcUrls: engines.endpoints.validators.map(({rpc}) => rpc), log: silent});
  }

  get chainId(): string {
    return this.engines.endpoints.chainId;
  }

  async organisationKey(organisation: number, role: string): Promise<TestKey> {
    const keys = this.engines.endpoints.organisations[organisation]?.keys ?? '';
    const {alg, publicKey, privateKey} = JSON.parse(await readFile(join(keys, `${role}.key.json`), 'utf8')) as {
      alg: number;
      publicKey: string;
      privateKey: string;
    };
    const key = {$typeName: 'vitalvault.record.v1.SigningKey' as const, alg, publicKey: fromHex(publicKey)};
    return {id: keyId(key), key, privateKey: fromHex(privateKey)};
  }

  async sign(message: TxMessage, signers: readonly TestKey[]): Promise<Uint8Array> {
    const {height} = await this.client.status();
    const name = String(signers[0]?.id);
    const nonce = (this.nonces.get(name) ?? 0n) + 1n;
    this.nonces.set(name, nonce);
    return signedTx({
      message,
      signers,
      chainId: this.chainId,
      nonce,
      expiresAtHeight: height + 1_000n,
      expiresAtTime: BigInt(Math.floor(Date.now() / 1_000) + 3_600),
    });
  }

  async run(message: TxMessage, signers: readonly TestKey[]): Promise<Included> {
    const bytes = await this.sign(message, signers);
    const {height} = await this.client.status();
    await this.client.broadcast(bytes);
    return this.included(bytes, height);
  }

  async decide(message: TxMessage, signer: TestKey): Promise<Included & {decision: Decision}> {
    const included = await this.run(message, [signer]);
    return {...included, decision: decodeCanonical(DecisionSchema, included.data)};
  }

  private async included(bytes: Uint8Array, from: bigint): Promise<Included> {
    let next = from;
    return eventually(async () => {
      for (
        let block = await this.client.blockIfThere(next);
        block !== undefined;
        block = await this.client.blockIfThere(next)
      ) {
        const index = block.txs.findIndex((tx) => Buffer.from(tx).equals(bytes));
        const result = block.results[index];
        if (result !== undefined) return {height: block.height, bytes, ...result};
        next++;
      }
      throw new Error('not in a block yet');
    }, 20_000);
  }

  /** Code of CheckTx. */
  async refusal(bytes: Uint8Array): Promise<number> {
    try {
      await this.client.broadcast(bytes);
      return 0;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'tx-refused') return Number(error.meta.code);
      throw error;
    }
  }

  proofs(request: ProofQuestion, atLeast: bigint): Promise<VerifiedProofs> {
    const {chainId, validators} = parseGenesis(this.genesisText);
    return verifiedProofs({
      client: this.client,
      request,
      trust: {chainId, validators},
      atLeast,
      maxHeaderAgeMs: 60_000,
    });
  }
}
