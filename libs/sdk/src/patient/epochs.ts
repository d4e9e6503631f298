import {build, CODE, codeName, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {generateEncryptionKey, signEpochStatement} from '@vitalvault/envelope';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {PatientContext} from './patient-context.js';
import {tagOf} from './patient-keys.js';
import type {PatientKeys, StoredEpoch} from './patient-keys.js';

/** What became of a statement. */
export interface StatementOutcome {
  typeName: string;
  epoch: number;
  fromSlot: number;
  /** 0 = taken. */
  code: number;
  codeName: string;
}

/** Newest published epoch of a type. */
export function newestEpoch(keys: PatientKeys, typeName: string): StoredEpoch | undefined {
  return keys.epochs
    .filter((epoch) => epoch.typeName === typeName && epoch.published)
    .reduce<StoredEpoch | undefined>((a, b) => (a && a.epoch > b.epoch ? a : b), undefined);
}

/**
 * Makes the next epoch of each type, saves the private keys and gives the signed statements.
 * @param fromSlot of the first epoch of a type, free; a later one begins in this slot or right after the one before
 * @param signer her key after the transaction that carries the statements
 */
export async function prepareEpochs(
  context: PatientContext,
  typeNames: string[],
  fromSlot: number,
  signer: StoredKey = context.keys.signing,
): Promise<{epochs: StoredEpoch[]; statements: SignedEpochStatement[]}> {
  const {keys, environment} = context;
  const epochs = typeNames.map((typeName) => {
    const last = newestEpoch(keys, typeName);
    const pair = generateEncryptionKey(environment.random);
    return {
      typeName,
      typeTag: toHex(tagOf(keys, typeName)),
      epoch: (last?.epoch ?? 0) + 1,
      fromSlot: last === undefined ? fromSlot : Math.max(fromSlot, last.fromSlot + 1),
      publicKey: toHex(pair.publicKey),
      privateKey: toHex(pair.privateKey),
      published: false,
    };
  });
  keys.epochs = [...keys.epochs.filter(({published}) => published), ...epochs];
  await context.save();
  return {epochs, statements: epochs.map((epoch) => statementOf(context, epoch, signer))};
}

/**
 * The first epochs of types, beginning earlier: what was recorded before then comes under the same key.
 * @returns nothing for a type that has none, or one that begins in this slot or before
 */
export function extendEpochs(
  context: PatientContext,
  typeNames: string[],
  fromSlot: number,
): {epochs: StoredEpoch[]; statements: SignedEpochStatement[]} {
  const epochs = context.keys.epochs
    .filter(({typeName, epoch, published}) => epoch === 1 && published && typeNames.includes(typeName))
    .filter((first) => fromSlot < first.fromSlot)
    .map((first) => ({...first, fromSlot}));
  return {epochs, statements: epochs.map((epoch) => statementOf(context, epoch, context.keys.signing))};
}

function statementOf({keys, ledger}: PatientContext, epoch: StoredEpoch, signer: StoredKey): SignedEpochStatement {
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

/** Reads the ledger's word on each statement and keeps the epochs that it took. */
export async function settleEpochs(
  context: PatientContext,
  epochs: StoredEpoch[],
  data: Uint8Array,
): Promise<StatementOutcome[]> {
  const {codes} = decodeCanonical(StatementResultsSchema, data);
  const outcomes = keepPublished(context, epochs, codes);
  await context.save();
  return outcomes;
}

/** Keeps the epochs of code 0 as published and forgets the others; the caller saves. */
export function keepPublished(
  context: PatientContext,
  epochs: StoredEpoch[],
  codes: readonly number[],
): StatementOutcome[] {
  const outcomes = epochs.map(({typeName, epoch, fromSlot}, i) => {
    const code = codes[i] ?? CODE.internal;
    return {typeName, epoch, fromSlot, code, codeName: codeName(code)};
  });
  epochs.forEach((epoch, i) => {
    epoch.published = outcomes[i]?.code === CODE.ok;
    const extended = context.keys.epochs.find((one) => one.publicKey === epoch.publicKey);
    if (epoch.published && extended !== undefined) extended.fromSlot = epoch.fromSlot;
  });
  context.keys.epochs = context.keys.epochs.filter((epoch) => epoch.published || !epochs.includes(epoch));
  return outcomes;
}
