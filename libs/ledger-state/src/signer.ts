import {CODE, KEY_OWNER, keyId} from '@vitalvault/contracts';
import type {OrganisationKey} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {load, SLOTS} from './state-slots.js';
import type {Overlay} from './overlay.js';
import type {ReadableState} from './state-view.js';

/** Whose key signed first. */
export interface Signer {
  /** KEY_OWNER. */
  readonly kind: number;
  readonly identity: Uint8Array;
  readonly keyId: Uint8Array;
  readonly key: SigningKey;
  /** ORG_ROLE of an organisation's key. */
  readonly role?: number;
}

/**
 * The identity that a key stands for now.
 * @returns the signer; or `unknownKey` when the key is nobody's current one, `notAuthorised` when it is an
 *   organisation's outside its slots.
 * @spec docs/protocol.md §4.2 rule 2
 */
export function signerOf(view: Overlay, key: SigningKey, slot: number): Signer | {readonly code: number} {
  const id = keyId(key, view.sha256);
  const owner = load(view, SLOTS.keyOwner, [id]);
  if (owner === undefined || owner.retired) return {code: CODE.unknownKey};
  const signer = {kind: owner.kind, identity: owner.identity, keyId: id, key};
  if (owner.kind !== KEY_OWNER.organisation) return signer;
  const entry = load(view, SLOTS.organisationKey, [id]);
  if (entry === undefined) return {code: CODE.unknownKey};
  return isInForce(entry, slot) ? {...signer, role: entry.role} : {code: CODE.notAuthorised};
}

/** The organisation that answers for what somebody adds: itself, or the one that let her in; a device has none. */
export function payerOf(
  view: ReadableState,
  {kind, identity}: Pick<Signer, 'kind' | 'identity'>,
): Uint8Array | undefined {
  if (kind === KEY_OWNER.patient) return load(view, SLOTS.patient, [identity])?.sponsor;
  if (kind === KEY_OWNER.member) return load(view, SLOTS.member, [identity])?.organisation;
  return kind === KEY_OWNER.organisation ? identity : undefined;
}

/** Whether a slot lies in the slots of an organisation's key; bounds inclusive, an absent end is open. */
export function isInForce(entry: Pick<OrganisationKey, 'fromSlot' | 'toSlot'>, slot: number): boolean {
  return entry.fromSlot <= slot && (entry.toSlot === 0 || slot <= entry.toSlot);
}

export function isOrganisationWith(signer: Signer, roles: readonly number[]): boolean {
  return signer.kind === KEY_OWNER.organisation && roles.includes(signer.role ?? 0);
}
