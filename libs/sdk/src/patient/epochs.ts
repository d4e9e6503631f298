import {build, codeName, CODE, fromHex, toHex} from '@vitalvault/contracts';
import {EpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {generateEncryptionKey, signEpochStatement} from '@vitalvault/envelope';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {PatientContext} from './patient-context.js';
import {tagOf} from './patient-keys.js';
import type {PatientKeys, StoredEpoch} from './patient-keys.js';
import {isPlaceOf} from './take-epoch.js';

/** What became of a statement. */
export interface StatementOutcome {
  typeName: string;
  epoch: number;
  fromSlot: number;
  /** 0 = taken. */
  code: number;
  codeName: string;
}

export function outcomeOf({typeName, epoch, fromSlot}: StoredEpoch, code: number = CODE.ok): StatementOutcome {
  return {typeName, epoch, fromSlot, code, codeName: codeName(code)};
}

/** Newest published epoch of a type. */
export function newestEpoch(keys: PatientKeys, typeName: string): StoredEpoch | undefined {
  return keys.epochs
    .filter((epoch) => epoch.typeName === typeName && epoch.published)
    .reduce<StoredEpoch | undefined>((a, b) => (a && a.epoch > b.epoch ? a : b), undefined);
}

/** Number and first slot of an epoch that the next one comes after. */
export type LastEpoch = Pick<StoredEpoch, 'epoch' | 'fromSlot'>;

/**
 * The next epoch of a type, by the key that waits for its number where there is one, else by a fresh one; whoever sends
 * its statement keeps it first.
 * @param fromSlot of the first epoch of a type, free; a later one begins in this slot or right after the one before
 * @param others what the ledger has, where that is more than she knows; overtaken when it has not begun
 */
export function freshEpoch(
  {keys, environment}: PatientContext,
  typeName: string,
  {fromSlot, by, others}: {fromSlot: number; by: StoredKey; others?: LastEpoch | undefined},
): StoredEpoch {
  const last = others ?? newestEpoch(keys, typeName);
  const from = last === undefined || overtakes(others, fromSlot) ? fromSlot : Math.max(fromSlot, last.fromSlot + 1);
  const place = {typeTag: toHex(tagOf(keys, typeName)), epoch: (last?.epoch ?? 0) + 1};
  const waiting = keys.epochs.find((epoch) => !epoch.published && epoch.by === by.publicKey && isPlaceOf(epoch, place));
  const pair = waiting ?? hexPair(generateEncryptionKey(environment.random));
  return {
    ...place,
    typeName,
    // A first one that waits could else commit after it and extend it, unseen.
    fromSlot: place.epoch === 1 ? Math.min(from, waiting?.fromSlot ?? from) : from,
    publicKey: pair.publicKey,
    privateKey: pair.privateKey,
    published: false,
    by: by.publicKey,
    expiresAt: waiting?.expiresAt ?? 0,
  };
}

// Of others she waits for none that has not begun; of hers there may be records in the slot of the change.
const overtakes = (others: LastEpoch | undefined, fromSlot: number): boolean =>
  others !== undefined && others.fromSlot > fromSlot;

function hexPair({publicKey, privateKey}: {publicKey: Uint8Array; privateKey: Uint8Array}) {
  return {publicKey: toHex(publicKey), privateKey: toHex(privateKey)};
}

/**
 * The first epochs of types, beginning earlier: what was recorded before then comes under the same key.
 * @returns nothing for a type that has none, or one that begins in this slot or before
 */
export function earlierEpochs({keys}: PatientContext, typeNames: string[], fromSlot: number): StoredEpoch[] {
  return keys.epochs
    .filter(({typeName, epoch, published}) => epoch === 1 && published && typeNames.includes(typeName))
    .filter((first) => fromSlot < first.fromSlot)
    .map((first) => ({...first, fromSlot, published: false, by: keys.signing.publicKey, expiresAt: 0}));
}

export function statementOf(
  {keys, ledger}: PatientContext,
  epoch: StoredEpoch,
  signer: StoredKey,
): SignedEpochStatement {
  const statement = build(EpochStatementSchema, {
    chainId: ledger.chainId,
    patient: fromHex(keys.patient),
    typeTag: fromHex(epoch.typeTag),
    epoch: epoch.epoch,
    publicKey: fromHex(epoch.publicKey),
    fromSlot: epoch.fromSlot,
  });
  return signEpochStatement(statement, privateHalf(signer));
}
