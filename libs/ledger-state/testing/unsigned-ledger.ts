import {build, sha256Of, toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {CheckedTx} from '../src/check-structure.js';
import {executeBlock} from '../src/execute-block.js';
import {genesisState} from '../src/genesis-state.js';
import type {Message, Outcome} from '../src/message-rules.js';
import {rulesOf} from '../src/rules-of.js';
import {MemoryState} from './memory-state.js';
import type {TestKey} from './test-keys.js';
import {TEST_CHAIN, TEST_TIME} from './test-ledger.js';

const ports = {verify: () => true, sha256: sha256Of};

/** A ledger in memory without wire and signatures: transactions as `checkStructure` gives them, signed by whoever. */
export class UnsignedLedger {
  readonly state = new MemoryState();
  block = {height: 0n, time: TEST_TIME};
  private readonly nonces = new Map<string, bigint>();

  constructor(genesis: Uint8Array) {
    this.state.apply(genesisState(genesis, this.state, ports).changes, []);
  }

  tx(signer: TestKey, message: TxMessage): CheckedTx {
    const nonce = (this.nonces.get(toHex(signer.id)) ?? 0n) + 1n;
    this.nonces.set(toHex(signer.id), nonce);
    const until = {expiresAtHeight: this.block.height + 50n, expiresAtTime: this.block.time + 3_600n};
    const body = build(BodySchema, {version: 1, chainId: TEST_CHAIN, nonce, ...until, message});
    const txId = sha256Of(new TextEncoder().encode(`${toHex(signer.id)} ${String(nonce)}`));
    const rights = rulesOf(message.case).level === 'rights';
    return {
      ok: true,
      txId,
      body,
      message: body.message as Message,
      signingKeys: [signer.key as never],
      rights,
      succession: false,
    };
  }

  /** One block, so many seconds later. @returns the code of each. */
  commit(txs: readonly CheckedTx[], seconds: number): number[] {
    return this.execute(txs, seconds).map(({code}) => code);
  }

  /** @returns code and data of each. */
  execute(txs: readonly CheckedTx[], seconds: number): readonly Outcome[] {
    this.block = {height: this.block.height + 1n, time: this.block.time + BigInt(seconds)};
    const {results, changes, leaves} = executeBlock(this.state, {chainId: TEST_CHAIN, block: this.block, ports}, txs);
    this.state.apply(changes, leaves);
    return results;
  }
}
