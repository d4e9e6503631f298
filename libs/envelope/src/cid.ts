import {sha256Of} from '@vitalvault/contracts';
import {base32} from 'multiformats/bases/base32';
import {CID} from 'multiformats/cid';
import {create} from 'multiformats/hashes/digest';

const RAW = 0x55;
const SHA2_256 = 0x12;

/** CIDv1, codec raw, sha2-256, base32: the IPFS address of a ciphertext. @paper ME-09 */
export function cidOf(ciphertext: Uint8Array): string {
  return cidOfHash(sha256Of(ciphertext));
}

/** The same from the SHA-256 (32 bytes) that the device signed. */
export function cidOfHash(hash: Uint8Array): string {
  return CID.createV1(RAW, create(SHA2_256, Uint8Array.from(hash))).toString(base32);
}
