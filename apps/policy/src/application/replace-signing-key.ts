import {keyId, toHex} from '@vitalvault/contracts';
import type {KeyOwner} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {retired, verifiable} from '../domain/identity-keys.js';
import type {ProjectionWriter} from './ports.js';

/** The old key retires, the new one becomes the owner's; nothing when there is no new one. */
export async function replaceSigningKey(
  change: {old: SigningKey; next: SigningKey | undefined; owner: KeyOwner},
  writer: ProjectionWriter,
): Promise<void> {
  const {old, next, owner} = change;
  if (next === undefined) return;
  await writer.putKey(toHex(keyId(old)), {publicKey: old.publicKey, owner: retired(owner)});
  await writer.putKey(toHex(keyId(next)), {publicKey: verifiable(next), owner});
}
