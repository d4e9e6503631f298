import {ed25519} from '@noble/curves/ed25519.js';
import {compareBytes, sha256Of, toHex} from '@vitalvault/contracts';
import {headerHash, parseLightBlock, validatorAddress, validatorsHash, voteSignBytes} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';

export interface HeaderToSign {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly appHash: Uint8Array;
}

const upper = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();
const NOTHING = {hash: '', parts: {total: 0, hash: ''}};
const FILLER = '00'.repeat(32);

/** Four validators of equal power that sign headers as CometBFT's do. */
export class TestValidators {
  readonly #keys: {privateKey: Uint8Array; publicKey: Uint8Array; address: Uint8Array}[];

  constructor(private readonly chainId: string) {
    const keys = [1, 2, 3, 4].map((n) => sha256Of(Uint8Array.of(0x76, n)));
    const pairs = keys.map((privateKey) => ({privateKey, publicKey: ed25519.getPublicKey(privateKey)}));
    this.#keys = pairs
      .map((pair) => ({...pair, address: validatorAddress(pair.publicKey)}))
      .sort((a, b) => compareBytes(a.address, b.address));
  }

  get publicKeys(): Uint8Array[] {
    return this.#keys.map(({publicKey}) => publicKey);
  }

  get trust(): ChainTrust {
    return {chainId: this.chainId, validators: this.publicKeys.map((publicKey) => ({publicKey, power: 10n}))};
  }

  /** JSON text of `signed_header`. @param signers how many of the four sign */
  sign({height, timeSeconds, appHash}: HeaderToSign, signers = 4): string {
    const time = new Date(Number(timeSeconds) * 1_000).toISOString();
    const set = upper(validatorsHash(this.trust.validators));
    const header = {
      version: {block: '11', app: '1'},
      chain_id: this.chainId,
      height: height.toString(),
      time,
      last_block_id: NOTHING,
      last_commit_hash: FILLER,
      data_hash: FILLER,
      validators_hash: set,
      next_validators_hash: set,
      consensus_hash: FILLER,
      app_hash: upper(appHash),
      last_results_hash: FILLER,
      evidence_hash: FILLER,
      proposer_address: upper(this.#keys[0]?.address ?? new Uint8Array(20)),
    };
    const unsigned = {
      height: height.toString(),
      round: 0,
      block_id: {hash: FILLER, parts: {total: 1, hash: FILLER}},
      signatures: [],
    };
    const block_id = {
      hash: upper(headerHash(parseLightBlock({header, commit: unsigned}).header)),
      parts: {total: 1, hash: FILLER},
    };
    const {commit, header: parsed} = parseLightBlock({header, commit: {...unsigned, block_id}});
    const signatures = this.#keys.map(({privateKey, address}, i) =>
      i < signers
        ? {
            block_id_flag: 2,
            validator_address: upper(address),
            timestamp: time,
            signature: Buffer.from(ed25519.sign(voteSignBytes(this.chainId, commit, parsed.time), privateKey)).toString(
              'base64',
            ),
          }
        : {block_id_flag: 1, validator_address: '', timestamp: '0001-01-01T00:00:00Z', signature: ''},
    );
    return JSON.stringify({header, commit: {...unsigned, block_id, signatures}});
  }
}
