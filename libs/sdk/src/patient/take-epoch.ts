import {publishedTypes} from './patient-keys.js';
import type {PatientKeys, StoredEpoch, StoredGrant} from './patient-keys.js';

/**
 * The ledger proved the statement of an epoch that was kept: it is published, the grants that cover its type are to get
 * its key, and a type that was to have a new epoch by her current key has it. What else was sent under its number
 * stays: only a proof says that it is void. Nothing is saved.
 */
export function takeEpoch(keys: PatientKeys, taken: StoredEpoch): void {
  const isIt = (epoch: StoredEpoch): boolean => isPlaceOf(taken, epoch) && epoch.publicKey === taken.publicKey;
  const known = keys.epochs.find((epoch) => epoch.published && isIt(epoch));
  keys.epochs = keys.epochs.filter((epoch) => !isIt(epoch));
  keys.epochs.push({...(known ?? taken), fromSlot: taken.fromSlot, published: true});
  for (const grant of keys.grants)
    if (!grant.revoked && typesOf(keys, grant).includes(taken.typeName)) grant.wrapsDue = true;
  const current = (keys.replacement?.signing ?? keys.signing).publicKey;
  if (known === undefined && taken.by === current)
    keys.epochsDue = keys.epochsDue.filter((typeName) => typeName !== taken.typeName);
}

/** Whether two stand under the same number of the same type. */
export function isPlaceOf(
  a: Pick<StoredEpoch, 'typeTag' | 'epoch'>,
  b: Pick<StoredEpoch, 'typeTag' | 'epoch'>,
): boolean {
  return a.typeTag === b.typeTag && a.epoch === b.epoch;
}

/** Whether the ledger is known to have it, from its first slot or an earlier one. */
export function isPublished(keys: PatientKeys, {typeTag, epoch, publicKey, fromSlot}: StoredEpoch): boolean {
  return keys.epochs.some(
    (own) =>
      own.published && isPlaceOf(own, {typeTag, epoch}) && own.publicKey === publicKey && own.fromSlot <= fromSlot,
  );
}

/** Names of the types that a grant covers. */
export function typesOf(keys: PatientKeys, grant: StoredGrant): string[] {
  return grant.allTypes ? publishedTypes(keys) : grant.typeNames;
}
