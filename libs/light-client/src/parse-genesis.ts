import {base64Decode} from '@bufbuild/protobuf/wire';
import {NotCanonicalError, decodeCanonical, sha256Of} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {JsonFields, MalformedError} from './json-fields.js';
import {orderedValidators, validatorAddress} from './validators.js';
import type {Validator} from './validators.js';

export interface GenesisValidator extends Validator {
  /** 20 bytes. */
  readonly address: Uint8Array;
  /** Id of the organisation that runs it, 20 bytes. */
  readonly organisation: Uint8Array;
}

/** The root of all trust: fits `ChainTrust`. */
export interface ParsedGenesis {
  readonly chainId: string;
  /** In consensus order. */
  readonly validators: readonly GenesisValidator[];
  readonly genesis: Genesis;
  /** SHA-256 of the file's bytes, to compare copies by. */
  readonly hash: Uint8Array;
}

/**
 * Reads CometBFT's genesis file. Its own `validators` must be empty: the set is in `app_state`.
 * @throws MalformedError saying what is wrong.
 * @spec docs/protocol.md §5.4
 */
export function parseGenesis(text: string): ParsedGenesis {
  const fields = JsonFields.parse(text, 'genesis');
  const chainId = fields.text('chain_id');
  if (!/^[\x21-\x7e]{1,50}$/.test(chainId)) throw new MalformedError('genesis.chain_id is not a chain id');
  if (fields.objects('validators').length > 0)
    throw new MalformedError('genesis.validators must be empty: the set is in app_state');
  const genesis = decodeAppState(fields.text('app_state'));
  const validators = genesis.organisations.flatMap(({id, validators: own}) =>
    own.map(({publicKey, power}) => ({publicKey, power, address: validatorAddress(publicKey), organisation: id})),
  );
  if (validators.length === 0) throw new MalformedError('genesis has no validators');
  if (new Set(validators.map(({publicKey}) => publicKey.join())).size !== validators.length)
    throw new MalformedError('genesis has a validator twice');
  if (validators.some(({publicKey, power}) => publicKey.length !== 32 || power === 0n))
    throw new MalformedError('genesis has a validator without key or power');
  return {chainId, validators: orderedValidators(validators), genesis, hash: sha256Of(new TextEncoder().encode(text))};
}

function decodeAppState(base64: string): Genesis {
  try {
    return decodeCanonical(GenesisSchema, base64Decode(base64));
  } catch (cause) {
    const why = cause instanceof NotCanonicalError ? cause.message : 'not base64';
    throw new MalformedError(`genesis.app_state: ${why}`, {cause});
  }
}
