import {ed25519} from '@noble/curves/ed25519.js';
import {base64Encode} from '@bufbuild/protobuf/wire';
import {compareBytes, decodeCanonical, LIMITS, sha256Of, toHex} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DEFAULT_PARAMETERS, TEST_CHAIN, TestLedger, answerProofs, testGenesis} from '@vitalvault/ledger-state/testing';
import {headerHash, parseLightBlock, validatorAddress, validatorsHash, voteSignBytes} from '@vitalvault/light-client';

const FILLER = '00'.repeat(32);
const NOTHING = {hash: '', parts: {total: 0, hash: ''}};
const upper = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

/**
 * The real transition function with real proofs under headers that four made-up validators sign: all but the consensus.
 */
export class SignedChain {
  readonly ledger: TestLedger;
  readonly genesisText: string;
  private readonly headers = new Map<string, object>();
  private readonly validators = [1, 2, 3, 4]
    .map((n) => sha256Of(Uint8Array.of(0x73, n)))
    .map((privateKey) => {
      const publicKey = ed25519.getPublicKey(privateKey);
      return {privateKey, publicKey, power: 10n, address: validatorAddress(publicKey)};
    })
    .sort((a, b) => compareBytes(a.address, b.address));

  constructor() {
    const appState = testGenesis(
      ['hospital', 'clinic', 'east', 'west'],
      DEFAULT_PARAMETERS,
      this.validators.map(({publicKey}) => publicKey),
    );
    this.ledger = new TestLedger(appState);
    this.genesisText = JSON.stringify({
      chain_id: TEST_CHAIN,
      genesis_time: '2026-01-01T00:00:00Z',
      consensus_params: {
        block: {max_bytes: String(LIMITS.cometBlockBytes)},
        evidence: {max_bytes: String(LIMITS.cometEvidenceBytes)},
      },
      app_state: base64Encode(appState),
    });
    this.ledger.commit([]);
  }

  /** Unix milliseconds of the newest header. */
  get timeMs(): number {
    return Number(this.ledger.block.time) * 1_000;
  }

  /** The newest header: it carries the app hash of the newest state, as if an empty block had followed at once. */
  signedHeader(signers = 4): object {
    const name = `${this.ledger.block.height}/${signers}`;
    const header = this.headers.get(name) ?? this.sign(signers);
    this.headers.set(name, header);
    return header;
  }

  /** Another header of the same height that all sign too: what they do who fork the chain. */
  forkedHeader(): object {
    return this.sign(4, '11'.repeat(32));
  }

  private sign(signers: number, dataHash = FILLER): object {
    const time = new Date(this.timeMs).toISOString();
    const height = String(this.ledger.block.height + 1n);
    const set = upper(validatorsHash(this.validators));
    const header = {
      version: {block: '11', app: '1'},
      chain_id: TEST_CHAIN,
      height,
      time,
      last_block_id: NOTHING,
      last_commit_hash: FILLER,
      data_hash: dataHash,
      validators_hash: set,
      next_validators_hash: set,
      consensus_hash: FILLER,
      app_hash: upper(this.ledger.appHash),
      last_results_hash: FILLER,
      evidence_hash: FILLER,
      proposer_address: '00'.repeat(20),
    };
    const unsigned = {height, round: 0, block_id: {hash: FILLER, parts: {total: 1, hash: FILLER}}, signatures: []};
    const blockId = {
      hash: upper(headerHash(parseLightBlock({header, commit: unsigned}).header)),
      parts: {total: 1, hash: FILLER},
    };
    const {commit, header: parsed} = parseLightBlock({header, commit: {...unsigned, block_id: blockId}});
    const signatures = this.validators.map(({privateKey, address}, i) =>
      i < signers
        ? {
            block_id_flag: 2,
            validator_address: upper(address),
            timestamp: time,
            signature: base64Encode(ed25519.sign(voteSignBytes(TEST_CHAIN, commit, parsed.time), privateKey)),
          }
        : {block_id_flag: 1, validator_address: '', timestamp: '0001-01-01T00:00:00Z', signature: ''},
    );
    return {header, commit: {...unsigned, block_id: blockId, signatures}};
  }

  /** Answer of the query "/proofs". */
  proofs(request: Uint8Array): ProofResponse {
    return answerProofs(this.ledger, decodeCanonical(ProofRequestSchema, request));
  }

  /** Head and leaves of a log, as policy asks for them. */
  logOf(kind: number, patient: Uint8Array, from: bigint, limit: number): ProofResponse {
    return answerProofs(this.ledger, {keys: [{kind, parts: [patient]}], logs: [{kind, patient, from, limit}]});
  }
}
