import {decodeCanonical, toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {AccessLeafSchema, RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf, RecordLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {STATE_KIND} from '@vitalvault/contracts';
import type {Block} from '../src/block-time.js';
import {checkStructure} from '../src/check-structure.js';
import {executeBlock} from '../src/execute-block.js';
import type {ExecutedBlock} from '../src/execute-block.js';
import {genesisState} from '../src/genesis-state.js';
import type {Outcome} from '../src/message-rules.js';
import type {LedgerPorts} from '../src/ports.js';
import {MemoryState} from './memory-state.js';
import {signedTx} from './signed-tx.js';
import type {TxParts} from './signed-tx.js';
import {REMEMBERING_PORTS} from './test-keys.js';
import type {TestKey} from './test-keys.js';
import {testGenesis} from './test-genesis.js';

export const TEST_CHAIN = 'vitalvault-test';
/** Block time of the first block of a test ledger: an hour that ends in no surprise, 2024-01-01T00:00:00Z. */
export const TEST_TIME = 1_704_067_200n;

/** A ledger in memory that makes a block of whatever it is given: the transition function without consensus. */
export class TestLedger {
  readonly state = new MemoryState();
  block: Block = {height: 0n, time: TEST_TIME};
  appHash: Uint8Array;
  private readonly nonces = new Map<string, bigint>();

  constructor(
    genesis: Uint8Array = testGenesis(['hospital', 'clinic']),
    private readonly ports: LedgerPorts = REMEMBERING_PORTS,
  ) {
    this.appHash = this.state.apply(genesisState(genesis, this.state, ports).changes, []);
  }

  /** A signed transaction with the next nonce of its first signer and a comfortable expiry; parts may be overridden. */
  tx(message: TxMessage, signers: readonly TestKey[], overrides: Partial<TxParts> = {}): Uint8Array {
    const name = toHex((signers[0] as TestKey).id);
    const nonce = overrides.nonce ?? (this.nonces.get(name) ?? 0n) + 1n;
    if (overrides.nonce === undefined) this.nonces.set(name, nonce);
    return signedTx({
      message,
      signers,
      chainId: TEST_CHAIN,
      nonce,
      expiresAtHeight: this.block.height + 1_000n,
      expiresAtTime: this.block.time + 3_600n,
      ...overrides,
    });
  }

  /** One block with these transactions, one second (or `seconds`) later. */
  commit(txs: readonly Uint8Array[], seconds = 1n): ExecutedBlock {
    this.block = {height: this.block.height + 1n, time: this.block.time + seconds};
    const checked = txs.map((tx) => checkStructure(tx, TEST_CHAIN, this.ports));
    const executed = executeBlock(this.state, {chainId: TEST_CHAIN, block: this.block, ports: this.ports}, checked);
    this.appHash = this.state.apply(executed.changes, executed.leaves);
    return executed;
  }

  /** One block with one transaction. */
  run(message: TxMessage, signers: readonly TestKey[], overrides: Partial<TxParts> = {}): Outcome {
    return this.commit([this.tx(message, signers, overrides)]).results[0] as Outcome;
  }

  accessLog(patient: Uint8Array): AccessLeaf[] {
    return this.state.leaves(STATE_KIND.accessLog, patient).map((leaf) => decodeCanonical(AccessLeafSchema, leaf));
  }

  recordLog(patient: Uint8Array): RecordLeaf[] {
    return this.state.leaves(STATE_KIND.recordLog, patient).map((leaf) => decodeCanonical(RecordLeafSchema, leaf));
  }
}
