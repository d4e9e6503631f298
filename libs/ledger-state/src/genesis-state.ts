import {
  ALG_ES256K,
  ALG_X25519,
  compareBytes,
  decodeCanonical,
  equalBytes,
  KEY_OWNER,
  keyId,
  NotCanonicalError,
  ORG_ROLE,
} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {
  Genesis,
  GenesisKey,
  GenesisOrganisation,
  GenesisValidator,
} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BUCKET} from './buckets.js';
import type {QuotaName} from './buckets.js';
import {isSigningKey} from './field-rules.js';
import {Overlay} from './overlay.js';
import type {LedgerPorts} from './ports.js';
import {has, save, SLOTS} from './state-slots.js';
import type {StateChange, StateView} from './state-view.js';

/** A genesis that no chain may start from; the message says what is wrong with it. */
export class InvalidGenesisError extends Error {
  override readonly name = 'InvalidGenesisError';
}

export interface GenesisState {
  readonly changes: readonly StateChange[];
  /** Every validator of every organisation, in the order of the genesis. */
  readonly validators: readonly GenesisValidator[];
}

/** CometBFT refuses more than this in all. */
const MOST_POWER = (2n ** 63n - 1n) >> 3n;

/**
 * The state before the first block, from `app_state`.
 * @param view an empty state.
 * @throws InvalidGenesisError when the bytes are not a genesis that a chain can live with.
 * @spec docs/protocol.md §5.4
 */
export function genesisState(bytes: Uint8Array, view: StateView, ports: LedgerPorts): GenesisState {
  const genesis = decodeGenesis(bytes);
  demand(genesis.version === 1, 'its version is not 1');
  const state = new Overlay(view, ports.sha256);
  save(state, SLOTS.parameters, [], demandParameters(genesis.parameters));
  demand(genesis.organisations.length > 0, 'it has no organisation');
  genesis.organisations.forEach((organisation, i) => {
    const before = genesis.organisations[i - 1];
    demand(before === undefined || compareBytes(before.id, organisation.id) < 0, 'its organisations do not rise by id');
    addOrganisation(state, organisation, ports);
  });
  const validators = genesis.organisations.flatMap((organisation) => organisation.validators);
  demand(validators.length > 0, 'it has no validator');
  demand(
    validators.reduce((sum, {power}) => sum + power, 0n) <= MOST_POWER,
    'its validators have too much power in all',
  );
  return {changes: state.finish().changes, validators};
}

function addOrganisation(state: Overlay, organisation: GenesisOrganisation, ports: LedgerPorts): void {
  const {id, name, keys, validators} = organisation;
  const admin = keys.find(({role}) => role === ORG_ROLE.admin);
  demand(
    admin?.key !== undefined && equalBytes(keyId(admin.key, state.sha256), id),
    "an organisation's id is not that of its first admin key",
  );
  demand(name.length > 0, 'an organisation has no name');
  save(state, SLOTS.organisation, [id], {name});
  for (const key of keys) addKey(state, id, key);
  for (const validator of validators) addValidator(state, id, validator, ports);
}

function addKey(state: Overlay, organisation: Uint8Array, {key, role, fromSlot, toSlot}: GenesisKey): void {
  demand(key !== undefined && role >= ORG_ROLE.admin && role <= ORG_ROLE.release, 'a key has no known role');
  const form =
    role === ORG_ROLE.release
      ? key.alg === ALG_X25519 && key.publicKey.length === 32
      : key.alg === ALG_ES256K && isSigningKey(key);
  demand(form, `a key of role ${role} has a wrong form`);
  demand(toSlot === 0 || fromSlot <= toSlot, 'a key ends before it begins');
  const id = keyId(key, state.sha256);
  demand(!has(state, SLOTS.organisationKey, [id]), 'a key comes twice');
  save(state, SLOTS.organisationKey, [id], {organisation, role, key, fromSlot, toSlot});
  if (role !== ORG_ROLE.release)
    save(state, SLOTS.keyOwner, [id], {kind: KEY_OWNER.organisation, identity: organisation});
}

function addValidator(
  state: Overlay,
  organisation: Uint8Array,
  {publicKey, power}: GenesisValidator,
  ports: LedgerPorts,
): void {
  demand(publicKey.length === 32 && power >= 1n, 'a validator has no Ed25519 key or no power');
  const address = ports.sha256(publicKey).slice(0, 20);
  demand(!has(state, SLOTS.validator, [address]), 'a validator comes twice');
  save(state, SLOTS.validator, [address], {organisation, publicKey, power});
}

function demandParameters(parameters: Parameters | undefined): Parameters {
  demand(parameters !== undefined, 'it has no parameters');
  const quotas = Object.keys(BUCKET).map((name) => parameters[name as QuotaName]);
  demand(
    quotas.every((quota) => quota !== undefined && quota.burst >= 1 && quota.refill >= 1 && quota.seconds >= 1),
    'a quota is missing',
  );
  const numbers = [
    parameters.maxBlockBytes,
    parameters.releaseBlocks,
    parameters.releaseSeconds,
    parameters.removalGraceBlocks,
    parameters.removalGraceSeconds,
  ];
  demand(
    numbers.every((value) => value >= 1) && parameters.maxExpiryBlocks >= 1n && parameters.maxExpirySeconds >= 1n,
    'a parameter is missing',
  );
  return parameters;
}

function decodeGenesis(bytes: Uint8Array): Genesis {
  try {
    return decodeCanonical(GenesisSchema, bytes);
  } catch (error) {
    if (error instanceof NotCanonicalError)
      throw new InvalidGenesisError('genesis refused: app_state is not a canonical Genesis message', {cause: error});
    throw error;
  }
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new InvalidGenesisError(`genesis refused: ${otherwise}`);
}
