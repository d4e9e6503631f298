import {compareBytes, sha256Of} from '@vitalvault/contracts';
import {leafHash, merkleRoot} from '@vitalvault/proofs';
import {Wire} from './wire.js';

/** A validator as consensus sees it. */
export interface Validator {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly power: bigint;
}

/** Address of a validator, 20 bytes: the beginning of the SHA-256 of its public key. */
export function validatorAddress(publicKey: Uint8Array): Uint8Array {
  return sha256Of(publicKey).subarray(0, 20);
}

/** The set in CometBFT's order, which commits follow: greater power first, then by address. */
export function orderedValidators<V extends Validator>(validators: readonly V[]): V[] {
  const addressed = validators.map((validator) => ({validator, address: validatorAddress(validator.publicKey)}));
  addressed.sort((a, b) => {
    if (a.validator.power !== b.validator.power) return a.validator.power > b.validator.power ? -1 : 1;
    return compareBytes(a.address, b.address);
  });
  return addressed.map(({validator}) => validator);
}

/**
 * Hash of a validator set in any order, 32 bytes: root of the RFC 9162 tree over its SimpleValidators.
 * @spec CometBFT 0.38, spec/core/data_structures.md#validatorset
 */
export function validatorsHash(validators: readonly Validator[]): Uint8Array {
  return merkleRoot(
    orderedValidators(validators).map(({publicKey, power}) => {
      const key = new Wire().message(1, publicKey).finish();
      return leafHash(new Wire().message(1, key).varint(2, power).finish());
    }),
  );
}
