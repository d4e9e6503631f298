import {secp256k1} from '@noble/curves/secp256k1.js';
import {keccak_256} from '@noble/hashes/sha3.js';

const CHAIN_ID = 31_337;
const GAS_LIMIT = 500_000;
const GAS_PRICE = 1_000_000_000;

/** v, r and s of a signature with which ecrecover finds the signer's address. */
export interface Recoverable {
  readonly recovery: number;
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}

export function signRecoverably(digest: Uint8Array, privateKey: Uint8Array): Recoverable {
  const bytes = secp256k1.sign(digest, privateKey, {prehash: false, lowS: true, format: 'recovered'});
  return {recovery: bytes[0] as number, r: bytes.slice(1, 33), s: bytes.slice(33)};
}

/** Last 20 bytes of the hash of the public key's point. */
export function addressOf(privateKey: Uint8Array): Uint8Array {
  return keccak_256(secp256k1.getPublicKey(privateKey, false).slice(1)).slice(12);
}

export interface Call {
  readonly nonce: number;
  /** Contract; absent: `data` makes one. */
  readonly to?: Uint8Array;
  readonly data: Uint8Array;
}

/** Bytes of a legacy transaction, signed for this chain (EIP-155), in hex. */
export function signedEthereumTx({nonce, to, data}: Call, privateKey: Uint8Array): string {
  const fields = [integer(nonce), integer(GAS_PRICE), integer(GAS_LIMIT), to ?? new Uint8Array(0), integer(0), data];
  const digest = keccak_256(list([...fields, integer(CHAIN_ID), integer(0), integer(0)]));
  const {recovery, r, s} = signRecoverably(digest, privateKey);
  return hex(list([...fields, integer(CHAIN_ID * 2 + 35 + recovery), stripped(r), stripped(s)]));
}

export const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;

/** A call of the contract: selector of the signature, then words of 32 bytes. */
export function callData(signature: string, words: readonly Uint8Array[]): Uint8Array {
  const selector = keccak_256(new TextEncoder().encode(signature)).slice(0, 4);
  return Buffer.concat([selector, ...words.map((word) => Buffer.concat([new Uint8Array(32 - word.length), word]))]);
}

// Recursive Length Prefix, as far as a transaction needs it.
function list(items: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(items.map(item));
  return Buffer.concat([prefix(content.length, 0xc0), content]);
}

function item(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return bytes;
  return Buffer.concat([prefix(bytes.length, 0x80), bytes]);
}

function prefix(length: number, base: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const bytes = integer(length);
  return Uint8Array.of(base + 55 + bytes.length, ...bytes);
}

function integer(value: number): Uint8Array {
  const digits = value.toString(16);
  return value === 0 ? new Uint8Array(0) : Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

function stripped(bytes: Uint8Array): Uint8Array {
  const from = bytes.findIndex((byte) => byte !== 0);
  return from < 0 ? new Uint8Array(0) : bytes.slice(from);
}
