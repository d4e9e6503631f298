import {compareBytes, decodeCanonical, NotCanonicalError} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {validatorAddress} from '../validators.js';
import {checkOrganisation} from './check-organisation.js';
import {checkParameters} from './check-parameters.js';
import {checkPower} from './check-power.js';
import {checkRoom} from './check-room.js';
import {demand} from './demand.js';
import {InvalidGenesisError} from './invalid-genesis-error.js';

const MOST_ORGANISATIONS = 64;
const MOST_VALIDATORS = 128;

/**
 * `app_state` of a genesis that a chain can live with. The ledger starts from it and verifiers trust it by these rules
 * alike.
 * @throws InvalidGenesisError
 * @spec docs/protocol.md §5.4
 */
export function decodeGenesis(bytes: Uint8Array): Genesis {
  const genesis = decode(bytes);
  const {version, parameters, organisations, oneCanStop} = genesis;
  demand(version === 1, 'its version is not 1');
  checkParameters(parameters);
  demand(organisations.length > 0, 'it has no organisation');
  demand(organisations.length <= MOST_ORGANISATIONS, `it has more than ${MOST_ORGANISATIONS} organisations`);
  demand(
    organisations.every(({id}, i) => i === 0 || compareBytes((organisations[i - 1] ?? {id}).id, id) < 0),
    'its organisations do not rise by id',
  );
  for (const organisation of organisations) checkOrganisation(organisation);
  const validators = organisations.flatMap((organisation) => organisation.validators);
  demand(validators.length > 0, 'it has no validator');
  demand(validators.length <= MOST_VALIDATORS, `it has more than ${MOST_VALIDATORS} validators`);
  demandDistinct(
    organisations.flatMap(({keys}) => keys.flatMap(({key}) => (key === undefined ? [] : [key.publicKey]))),
    'a key comes twice',
  );
  demandDistinct(
    validators.map(({publicKey}) => validatorAddress(publicKey)),
    'a validator comes twice',
  );
  demandDistinct(
    organisations.flatMap(({nodes, validators: own}) => [...nodes, ...own.map(({nodeId}) => nodeId)]),
    'a node id comes twice',
  );
  checkPower(organisations, oneCanStop);
  checkRoom(parameters, {organisations: organisations.length, validators: validators.length});
  return genesis;
}

function demandDistinct(values: readonly Uint8Array[], otherwise: string): void {
  demand(new Set(values.map((bytes) => bytes.join())).size === values.length, otherwise);
}

function decode(bytes: Uint8Array): Genesis {
  try {
    return decodeCanonical(GenesisSchema, bytes);
  } catch (cause) {
    if (!(cause instanceof NotCanonicalError)) throw cause;
    throw new InvalidGenesisError('genesis refused: app_state is not a canonical Genesis message', {cause});
  }
}
