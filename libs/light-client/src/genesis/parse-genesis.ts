import {sha256Of} from '@vitalvault/contracts';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {JsonFields} from '../json-fields.js';
import {parseTimestamp} from '../timestamp.js';
import {orderedValidators, validatorAddress} from '../validators.js';
import type {Validator} from '../validators.js';
import {decodeGenesis} from './decode-genesis.js';
import {demand} from './demand.js';
import {genesisBytes} from './genesis-bytes.js';

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
 * Reads CometBFT's genesis file, by the rules that the ledger starts by.
 * @throws MalformedError saying what is wrong, an InvalidGenesisError when it is more than the form
 * @spec docs/protocol.md §5.4
 */
export function parseGenesis(text: string): ParsedGenesis {
  const fields = JsonFields.parse(text, 'genesis');
  const consensus = fields.object('consensus_params');
  // Missing is one thing, and what is there and no number another, which CometBFT would not start from.
  const number = (of: string, name: string): bigint | undefined => {
    const parameters = consensus.object(of);
    if (!parameters.has(name)) return undefined;
    const found = parameters.text(name);
    demand(/^(0|[1-9]\d{0,18})$/.test(found), `consensus_params.${of}.${name} is no number in a JSON string`);
    return BigInt(found);
  };
  const chainId = fields.text('chain_id');
  const genesis = decodeGenesis(
    genesisBytes({
      chainId,
      time: parseTimestamp(fields.text('genesis_time'))?.seconds,
      validators: fields.objects('validators').length,
      blockBytes: number('block', 'max_bytes'),
      evidenceBytes: number('evidence', 'max_bytes'),
      voteExtensionsFrom: number('abci', 'vote_extensions_enable_height'),
      appState: fields.text('app_state'),
    }),
  );
  const validators = genesis.organisations.flatMap(({id, validators: own}) =>
    own.map(({publicKey, power}) => ({publicKey, power, address: validatorAddress(publicKey), organisation: id})),
  );
  return {chainId, validators: orderedValidators(validators), genesis, hash: sha256Of(new TextEncoder().encode(text))};
}
