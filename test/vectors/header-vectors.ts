import {headerHash, parseLightBlock, validatorAddress, validatorsHash, voteSignBytes} from '@vitalvault/light-client';
import type {BlockId, Header, Timestamp, Validator} from '@vitalvault/light-client';
import {compareBytes, concatenated, fromHex, length, toHex, varintField, bytesField} from './wire.ts';

/** `test/vectors/signed-header.json`: what a running chain gave. */
export interface CapturedHeader {
  readonly chainId: string;
  readonly validators: readonly {readonly publicKey: string; readonly power: string}[];
  readonly signedHeader: {readonly header: object; readonly commit: {readonly signatures: readonly object[]}};
}

/** One edit of the signed header that a verifier must not take. */
interface Refused {
  readonly why: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * A header of a running CometBFT with what a verifier works out on its way: the leaves of the header hash, of the
 * validator set, and the sign bytes of each vote. The leaves are encoded here, with nothing of the light client.
 */
export function headerVectors({chainId, validators, signedHeader}: CapturedHeader) {
  const {header, commit} = parseLightBlock(signedHeader);
  const set = validators
    .map(({publicKey, power}) => ({publicKey: fromHex(publicKey), power: BigInt(power)}))
    .toSorted(byPowerThenAddress);
  return {
    about:
      'Of signed-header.json (docs/protocol.md §5.3). `refused`: the same header with one value of its JSON replaced.',
    validators: set.map((validator) => ({
      publicKey: toHex(validator.publicKey),
      power: String(validator.power),
      address: toHex(validatorAddress(validator.publicKey)),
      leaf: toHex(validatorLeaf(validator)),
    })),
    validatorsHash: toHex(validatorsHash(set)),
    headerLeaves: headerLeaves(header).map(toHex),
    headerHash: toHex(headerHash(header)),
    votes: commit.signatures.map(({flag, time}) => ({
      flag,
      signBytes: flag === 2 ? toHex(voteSignBytes(chainId, commit, time)) : null,
    })),
    refused: refusals(signedHeader),
  };
}

/** The fourteen leaves of a header's hash, in their order. */
export function headerLeaves(header: Header): Uint8Array[] {
  return [
    concatenated(varintField(1, header.blockVersion), varintField(2, header.appVersion)),
    bytesField(1, new TextEncoder().encode(header.chainId)),
    varintField(1, header.height),
    timestamp(header.time),
    blockId(header.lastBlockId),
    ...[
      header.lastCommitHash,
      header.dataHash,
      header.validatorsHash,
      header.nextValidatorsHash,
      header.consensusHash,
      header.appHash,
      header.lastResultsHash,
      header.evidenceHash,
      header.proposerAddress,
    ].map((value) => bytesField(1, value)),
  ];
}

const timestamp = ({seconds, nanos}: Timestamp): Uint8Array =>
  concatenated(varintField(1, seconds), varintField(2, BigInt(nanos)));

function blockId({hash, partsTotal, partsHash}: BlockId): Uint8Array {
  const parts = concatenated(varintField(1, BigInt(partsTotal)), bytesField(2, partsHash));
  return concatenated(bytesField(1, hash), Uint8Array.of(0x12), length(parts), parts);
}

export const validatorLeaf = ({publicKey, power}: Validator): Uint8Array =>
  concatenated(bytesField(1, bytesField(1, publicKey)), varintField(2, power));

function byPowerThenAddress(a: Validator, b: Validator): number {
  if (a.power !== b.power) return a.power > b.power ? -1 : 1;
  return compareBytes(validatorAddress(a.publicKey), validatorAddress(b.publicKey));
}

function refusals({commit: {signatures}}: CapturedHeader['signedHeader']): Refused[] {
  const [first, absent, third] = signatures as [{signature: string}, object, {signature: string}];
  return [
    {why: 'another app hash than the one that was signed', path: ['header', 'app_hash'], value: '00'.repeat(32)},
    {why: 'another time, by three nanoseconds', path: ['header', 'time'], value: '2026-11-28T00:16:25.72948927Z'},
    {why: 'another chain', path: ['header', 'chain_id'], value: 'vitalvault-5412ff'},
    {why: 'a commit of another height', path: ['commit', 'height'], value: '9'},
    {why: 'a vote of another round', path: ['commit', 'round'], value: 0},
    {why: 'one signature is wrong', path: ['commit', 'signatures', 0, 'signature'], value: third.signature},
    {why: "a validator's vote in another's place", path: ['commit', 'signatures', 1], value: first},
    {why: 'two of four: too few', path: ['commit', 'signatures', 0], value: absent},
    {why: 'votes for nothing (nil) do not count', path: ['commit', 'signatures', 0, 'block_id_flag'], value: 3},
    {why: 'an entry is missing', path: ['commit', 'signatures'], value: signatures.filter((one) => one !== absent)},
  ];
}
