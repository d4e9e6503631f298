import {KEY_OWNER, keyId, ORG_ROLE} from '@vitalvault/contracts';
import type {GenesisOrganisation, GenesisValidator} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {decodeGenesis} from '@vitalvault/light-client';
import {Overlay} from './overlay.js';
import type {LedgerPorts} from './ports.js';
import {KEYS_OF_MISBEHAVIOUR} from './record-misbehaviour.js';
import {save, SLOTS} from './state-slots.js';
import type {StateChange, StateView} from './state-view.js';

export interface GenesisState {
  readonly changes: readonly StateChange[];
  /** Every validator of every organisation, in the order of the genesis. */
  readonly validators: readonly GenesisValidator[];
}

/**
 * The state before the first block, from `app_state`.
 * @param view an empty state.
 * @throws InvalidGenesisError when the bytes are not a genesis that a chain can live with: by the verifiers' own
 * reader.
 * @spec docs/protocol.md §5.4
 */
export function genesisState(bytes: Uint8Array, view: StateView, ports: LedgerPorts): GenesisState {
  const {parameters, organisations} = decodeGenesis(bytes);
  const state = new Overlay(view, ports.sha256);
  if (parameters !== undefined) save(state, SLOTS.parameters, [], parameters);
  const sizes = organisations.map(({id}) => ({organisation: id, keys: 0n, leaves: 0n}));
  const size = {keys: 0n, leaves: 0n, promised: 0n, unpaid: 0n, organisations: sizes};
  save(state, SLOTS.stateSize, [], size);
  for (const organisation of organisations) addOrganisation(state, organisation, ports);
  const validators = organisations.flatMap((organisation) => organisation.validators);
  const unpaid = state.size().keys + BigInt(validators.length * KEYS_OF_MISBEHAVIOUR);
  save(state, SLOTS.stateSize, [], {...size, unpaid});
  return {changes: state.finish().changes, validators};
}

function addOrganisation(state: Overlay, organisation: GenesisOrganisation, {sha256}: LedgerPorts): void {
  const {id, name, keys, validators, nodes} = organisation;
  save(state, SLOTS.organisation, [id], {name});
  for (const {key, role, fromSlot, toSlot} of keys) {
    if (key === undefined) continue;
    const keyOf = keyId(key, sha256);
    save(state, SLOTS.organisationKey, [keyOf], {organisation: id, role, key, fromSlot, toSlot});
    if (role !== ORG_ROLE.release) save(state, SLOTS.keyOwner, [keyOf], {kind: KEY_OWNER.organisation, identity: id});
  }
  for (const {publicKey, power, nodeId} of validators) {
    save(state, SLOTS.validator, [sha256(publicKey).slice(0, 20)], {organisation: id, publicKey, power});
    save(state, SLOTS.peer, [nodeId], {organisation: id});
  }
  for (const node of nodes) save(state, SLOTS.peer, [node], {organisation: id});
}
