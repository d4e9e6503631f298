import {ed25519} from '@noble/curves/ed25519.js';
import {sha256Of, toHex} from '@vitalvault/contracts';
import {createPrivateKey, sign} from 'node:crypto';
import {headerHash} from '../src/header-hash.js';
import type {Header} from '../src/light-block.js';
import {orderedValidators, validatorAddress, validatorsHash} from '../src/validators.js';
import type {ChainTrust} from '../src/verify-light-block.js';
import {voteSignBytes} from '../src/vote-sign-bytes.js';

/** Of a raw Ed25519 key, what stands before it in PKCS #8 (RFC 8410). */
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** So many validators of equal power. */
function makeUp(count: number) {
  const seeds = Array.from({length: count}, (_, n) => sha256Of(Uint8Array.of(n + 1)));
  const validators = orderedValidators(
    seeds.map((seed) => ({
      key: createPrivateKey({key: Buffer.concat([PREFIX, seed]), format: 'der', type: 'pkcs8'}),
      publicKey: ed25519.getPublicKey(seed),
      power: 1n,
    })),
  );
  return {validators, hash: validatorsHash(validators)};
}

const sets = new Map<number, ReturnType<typeof makeUp>>();

function madeUp(count: number): ReturnType<typeof makeUp> {
  const set = sets.get(count) ?? makeUp(count);
  sets.set(count, set);
  return set;
}

/** Trust in so many made-up validators of equal power, whose headers `signHeader` makes. */
export const madeUpTrust = (count: number): ChainTrust => ({chainId: 'made-up', validators: madeUp(count).validators});

/** Trust in four of them. */
export const MADE_UP_TRUST: ChainTrust = madeUpTrust(4);

export interface HeaderInit {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly timeSeconds?: bigint;
  /** Of its transactions; default none. */
  readonly dataHash?: Uint8Array;
  /** Of the block before; default none. */
  readonly lastResultsHash?: Uint8Array;
  /** Default 4. */
  readonly validators?: number;
}

/**
 * JSON of a header with a commit as CometBFT's /commit gives it; `signers` of the validators sign, the others are
 * absent.
 */
export function signHeader(
  {
    height,
    appHash,
    timeSeconds = 1_700_000_000n,
    dataHash = new Uint8Array(),
    lastResultsHash = new Uint8Array(),
    validators: count = 4,
  }: HeaderInit,
  signers = count,
): string {
  const {validators, hash} = madeUp(count);
  const none = new Uint8Array();
  const nothing = {hash: none, partsTotal: 0, partsHash: none};
  const header: Header = {
    blockVersion: 11n,
    appVersion: 0n,
    chainId: MADE_UP_TRUST.chainId,
    height,
    time: {seconds: timeSeconds, nanos: 0},
    lastBlockId: nothing,
    lastCommitHash: none,
    dataHash,
    validatorsHash: hash,
    nextValidatorsHash: hash,
    consensusHash: none,
    appHash,
    lastResultsHash,
    evidenceHash: none,
    proposerAddress: new Uint8Array(20),
  };
  const decided = {height, round: 0, blockId: {hash: headerHash(header), partsTotal: 1, partsHash: new Uint8Array(32)}};
  const message = voteSignBytes(header.chainId, decided, header.time);
  const time = new Date(Number(timeSeconds) * 1000).toISOString();
  return JSON.stringify({
    header: {
      version: {block: '11'},
      chain_id: header.chainId,
      height: height.toString(),
      time,
      validators_hash: toHex(hash),
      next_validators_hash: toHex(hash),
      data_hash: toHex(dataHash),
      last_results_hash: toHex(lastResultsHash),
      consensus_hash: '',
      app_hash: toHex(appHash),
      proposer_address: '00'.repeat(20),
    },
    commit: {
      height: height.toString(),
      round: 0,
      block_id: {hash: toHex(decided.blockId.hash), parts: {total: 1, hash: '00'.repeat(32)}},
      signatures: validators.map(({key, publicKey}, i) =>
        i < signers
          ? {
              block_id_flag: 2,
              validator_address: toHex(validatorAddress(publicKey)),
              timestamp: time,
              signature: sign(null, message, key).toString('base64'),
            }
          : {block_id_flag: 1, validator_address: '', timestamp: '0001-01-01T00:00:00Z', signature: null},
      ),
    },
  });
}
