import {
  CODE,
  decodeCanonical,
  encodeCanonical,
  equalBytes,
  NotCanonicalError,
  taggedHashBy,
} from '@vitalvault/contracts';
import type {EpochHead} from '@vitalvault/contracts/gen/ledger/v1/state';
import {StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {EpochStatement, SignedEpochStatement, SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {numberPart} from '@vitalvault/proofs';
import {blockSlot} from './block-time.js';
import {isEncryptionKey, isIdentity, isTag, isZero} from './field-rules.js';
import {countHoldings, levelOfRight} from './holdings.js';
import type {TxContext} from './message-rules.js';
import {hasRoom} from './room.js';
import {load, save, SLOTS} from './state-slots.js';
import type {ReadableState} from './state-view.js';
import {isUsed, useForEpoch} from './used-keys.js';

/** Slots that an epoch's first slot may lie around the block's; the first epoch's may lie back as far as she likes. */
const SLOTS_BACK = 1;
const SLOTS_AHEAD = 24;

export interface TakenStatements {
  /** Canonical StatementResults: one code per statement, in order; empty when there was none. */
  readonly data: Uint8Array;
  readonly taken: SignedEpochStatement[];
}

/**
 * Judges each carried epoch statement by itself and stores those that hold. A bad one harms neither the others nor the
 * message that carries it.
 * @param ownerKey the patient's signing key after this transaction.
 */
export function takeStatements(
  context: TxContext,
  {
    patient,
    ownerKey,
    statements,
  }: {patient: Uint8Array; ownerKey: SigningKey; statements: readonly SignedEpochStatement[]},
): TakenStatements {
  const taken: SignedEpochStatement[] = [];
  const codes = statements.map((signed) => {
    const statement = decodeStatement(signed.statement);
    if (statement === undefined) return CODE.invalidField;
    const code = judge(context, statement, {signed, patient, ownerKey});
    if (code !== CODE.ok) return code;
    // By itself: a revocation that carries statements is never refused for want of room, and they may be.
    const state = context.state.fork();
    if (!put({...context, state}, statement, signed)) return CODE.ceiling;
    const level = levelOfRight(state, patient, context.parameters);
    if (!hasRoom([state], context.parameters, level)) return CODE.stateFull;
    context.state.absorb(state);
    taken.push(signed);
    return code;
  });
  return {data: codes.length === 0 ? new Uint8Array(0) : encodeCanonical(StatementResultsSchema, {codes}), taken};
}

// @returns false when she has as many tags or epochs as she may.
function put(context: TxContext, statement: EpochStatement, signed: SignedEpochStatement): boolean {
  const {state} = context;
  const {patient, typeTag, epoch, fromSlot} = statement;
  const head = load(state, SLOTS.epochHead, [patient, typeTag]);
  const isNew = epoch > (head?.epoch ?? 0);
  if (isNew && !countHoldings(context, patient, {tags: head === undefined ? 1 : 0, epochs: 1})) return false;
  if (isNew) useForEpoch(state, patient, statement.publicKey);
  // A first epoch that is extended backwards may have later ones.
  if (head === undefined || epoch >= head.epoch) save(state, SLOTS.epochHead, [patient, typeTag], {epoch, fromSlot});
  save(state, SLOTS.epochStatement, [patient, typeTag, numberPart(epoch)], signed);
  return true;
}

interface StatementOwner {
  readonly signed: SignedEpochStatement;
  readonly patient: Uint8Array;
  readonly ownerKey: SigningKey;
}

function judge(context: TxContext, statement: EpochStatement, owner: StatementOwner): number {
  const {signed, patient, ownerKey} = owner;
  if (statement.chainId !== context.chainId) return CODE.wrongChain;
  if (!equalBytes(statement.patient, patient)) return CODE.notAuthorised;
  if (!isSignedBy(ownerKey, signed, context)) return CODE.epochSignature;
  const head = load(context.state, SLOTS.epochHead, [patient, statement.typeTag]);
  if (head !== undefined && extendsFirst(context, statement)) return CODE.ok;
  if (statement.epoch !== (head?.epoch ?? 0) + 1) return CODE.epochOrder;
  if (!isInTime(statement, head, blockSlot(context.block))) return CODE.epochSlot;
  // Whoever was given it for something else would read more than she was meant to.
  return isUsed(context.state, patient, statement.publicKey) ? CODE.epochKey : CODE.ok;
}

// A first slot that never comes would leave the tag without an epoch for ever. One that has not come yet binds nobody:
// whoever had her key could put it a day ahead, and she would have no epoch of her own until then.
function isInTime({fromSlot}: EpochStatement, head: EpochHead | undefined, now: number): boolean {
  if (fromSlot > now + SLOTS_AHEAD) return false;
  if (head === undefined) return true;
  return fromSlot >= now - SLOTS_BACK && (fromSlot > head.fromSlot || head.fromSlot > now);
}

// What she recorded before she had a tag for it comes under the key of the first epoch, which then begins earlier.
function extendsFirst({state}: TxContext, {patient, typeTag, epoch, publicKey, fromSlot}: EpochStatement): boolean {
  if (epoch !== 1) return false;
  const first = statementOf(state, {patient, typeTag, epoch});
  return first !== undefined && equalBytes(first.publicKey, publicKey) && fromSlot < first.fromSlot;
}

function isSignedBy(key: SigningKey, {statement, signature}: SignedEpochStatement, {ports}: TxContext): boolean {
  return (
    signature !== undefined &&
    signature.alg === key.alg &&
    equalBytes(signature.publicKey, key.publicKey) &&
    ports.verify(key.publicKey, taggedHashBy(ports.sha256, 'epoch-statement', statement), signature.signature)
  );
}

function decodeStatement(bytes: Uint8Array): EpochStatement | undefined {
  try {
    const statement = decodeCanonical(EpochStatementSchema, bytes);
    const valid =
      isIdentity(statement.patient) &&
      isTag(statement.typeTag) &&
      !isZero(statement.typeTag) &&
      statement.epoch >= 1 &&
      isEncryptionKey(statement.publicKey);
    return valid ? statement : undefined;
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}

/**
 * Whether epoch `epoch` of a tag covers `slot`: from its own first slot to the next epoch's, inclusive at both ends.
 * @spec docs/protocol.md §3.5
 */
export function epochCovers(
  view: ReadableState,
  {patient, typeTag, epoch, slot}: {patient: Uint8Array; typeTag: Uint8Array; epoch: number; slot: number},
): boolean {
  const own = statementOf(view, {patient, typeTag, epoch});
  if (own === undefined || slot < own.fromSlot) return false;
  const next = statementOf(view, {patient, typeTag, epoch: epoch + 1});
  return next === undefined || slot <= next.fromSlot;
}

function statementOf(
  view: ReadableState,
  {patient, typeTag, epoch}: Pick<EpochStatement, 'patient' | 'typeTag' | 'epoch'>,
): EpochStatement | undefined {
  const signed = load(view, SLOTS.epochStatement, [patient, typeTag, numberPart(epoch)]);
  if (signed === undefined) return undefined;
  return (
    view.decoded?.(EpochStatementSchema, signed.statement) ?? decodeCanonical(EpochStatementSchema, signed.statement)
  );
}
