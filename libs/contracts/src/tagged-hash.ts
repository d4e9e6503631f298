import {utf8ToBytes} from '@noble/hashes/utils.js';
import type {SigningKey} from './gen/vitalvault/record/v1/record_pb.js';
import {sha256Of} from './sha256.js';

/**
 * Every name that a tagged hash is used with. No two uses share one; the table with what each covers is in
 * docs/protocol.md §1.1. Append only.
 */
export const TAGS = [
  'key',
  'tx',
  'record',
  'skip',
  'epoch-statement',
  'device-config',
  'key-succession',
  'accepted',
  'wraps',
  'member-profile',
  'state',
  'alert',
  'schema',
  'patient-card',
  'service-description',
] as const;
export type Tag = (typeof TAGS)[number];

const prefixes = new Map<Tag, Uint8Array>(TAGS.map((tag) => [tag, utf8ToBytes(`vitalvault/v1/${tag}\0`)]));

/** T(tag, parts…) = SHA-256("vitalvault/v1/" || tag || 0x00 || parts); 32 bytes. For signatures this is the digest. */
export function taggedHash(tag: Tag, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return sha256Of(tagged(tag, parts));
}

/** The same by another SHA-256. */
export function taggedHashBy(sha256: (bytes: Uint8Array) => Uint8Array, tag: Tag, ...parts: Uint8Array[]): Uint8Array {
  return sha256(tagged(tag, parts));
}

// Written over by each call: a hash is done with its input when it is back, and short ones come by the thousand.
const INPUT = new Uint8Array(1_024);

/** @returns bytes that hold until the next call */
function tagged(tag: Tag, parts: readonly Uint8Array[]): Uint8Array {
  const prefix = prefixes.get(tag) as Uint8Array;
  let length = prefix.length;
  for (const part of parts) length += part.length;
  const input = length <= INPUT.length ? INPUT.subarray(0, length) : new Uint8Array(length);
  input.set(prefix);
  let at = prefix.length;
  for (const part of parts) {
    input.set(part, at);
    at += part.length;
  }
  return input;
}

export const ALG_ES256K = 1;
/** X25519 encryption keys are never signing keys; the number only serves their key ids. */
export const ALG_X25519 = 16;

/** Key id: the first 20 bytes of T("key", alg || public key). For ES256K the papers' address. */
export function keyId(
  key: Pick<SigningKey, 'alg' | 'publicKey'>,
  sha256: (bytes: Uint8Array) => Uint8Array = sha256Of,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(taggedHashBy(sha256, 'key', Uint8Array.of(key.alg), key.publicKey).subarray(0, 20));
}
