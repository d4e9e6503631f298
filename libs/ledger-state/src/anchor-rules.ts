import {CODE, equalBytes, ORG_ROLE, STATE_KIND} from '@vitalvault/contracts';
import type {Registration} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {numberPart} from '@vitalvault/proofs';
import type {ParsedEntry} from './anchor-entry.js';
import {blockSlot} from './block-time.js';
import {spendTokens} from './buckets.js';
import {epochCovers} from './epochs.js';
import {isZero} from './field-rules.js';
import type {TxContext} from './message-rules.js';
import {isInGrace, isRemoved} from './removal.js';
import {checkSequence, freshSequenceWindow, takeSequence} from './sequence-window.js';
import {isInForce} from './signer.js';
import {load, save, SLOTS} from './state-slots.js';

/**
 * Judges one entry that its custodian has paid for with the transaction and, when it holds, uses up its number and its
 * tokens. Steps as docs/protocol.md §4.5: registration · chain · signature · tombstone · removal · slot · tag · epoch
 * · release key · sequence · quota (device and owner, both or none). A skip is checked where it has the fields. Does
 * NOT append the leaf.
 * @returns 0 or the code of the first step that fails; until the last one it costs neither device nor owner anything.
 * @paper ME T_data and Table 3 (limits); CA verification of (IPubK, Data, Sig)
 */
export function takeEntry(context: TxContext, entry: ParsedEntry): number {
  const {state, ports} = context;
  const {patient, device, digest, signature} = entry;
  const key = load(state, SLOTS.device, [device])?.key;
  const registration = load(state, SLOTS.registration, [device, numberPart(entry.registration)]);
  if (key === undefined || registration === undefined || !equalBytes(registration.owner, patient))
    return CODE.unknownDevice;
  if (entry.chainId !== context.chainId) return CODE.wrongChain;
  if (!ports.verify(key.publicKey, digest, signature)) return CODE.entrySignature;
  if (state.get(STATE_KIND.tombstone, [patient]) !== undefined) return CODE.entryForgotten;
  const code = checkHeader(context, entry, registration);
  return code === CODE.ok ? takeNumber(context, entry) : code;
}

function checkHeader(context: TxContext, {header, typeTag}: ParsedEntry, registration: Registration): number {
  if (isRemoved(registration) && !isFromBefore(context, header, registration)) return CODE.deviceRemoved;
  const slotCode = header === undefined ? CODE.ok : checkSlot(context, header, registration);
  if (slotCode !== CODE.ok) return slotCode;
  if (isZero(typeTag) || !registration.typeTags.some((tag) => equalBytes(tag, typeTag))) return CODE.entryTag;
  return header === undefined ? CODE.ok : checkSeals(context, header);
}

// A removed device delivers what it recorded before its owner stopped trusting it, for a while. It gives no number up:
// there is nothing more to make room for, and whoever holds it could fill the owner's log.
function isFromBefore({block, parameters}: TxContext, header: RecordHeader | undefined, of: Registration): boolean {
  return header !== undefined && header.slot < of.distrustFromSlot && isInGrace(of, block, parameters);
}

function checkSlot({block}: TxContext, {slot}: RecordHeader, {fromSlot}: Registration): number {
  if (slot < fromSlot) return CODE.entrySlot;
  return slot > blockSlot(block) + 1 ? CODE.entryFutureSlot : CODE.ok;
}

function checkSeals({state, block, signer}: TxContext, header: RecordHeader): number {
  if (!epochCovers(state, header)) return CODE.entryEpoch;
  const release = load(state, SLOTS.organisationKey, [header.releaseKeyId]);
  // A record may be older than the key it was sealed to today, or sealed long ago to a key that has ended since.
  const valid =
    release !== undefined &&
    release.role === ORG_ROLE.release &&
    equalBytes(release.organisation, signer.identity) &&
    (isInForce(release, blockSlot(block)) || isInForce(release, header.slot));
  return valid ? CODE.ok : CODE.entryReleaseKey;
}

function takeNumber(context: TxContext, {patient, device, registration, sequence}: ParsedEntry): number {
  const {state} = context;
  const parts = [device, numberPart(registration)];
  const window = load(state, SLOTS.sequenceWindow, parts) ?? freshSequenceWindow();
  const code = checkSequence(window, sequence);
  if (code !== CODE.ok) return code;
  const buckets = [
    {bucket: 'deviceEntries', identities: [device]},
    {bucket: 'ownerEntries', identities: [patient]},
  ] as const;
  if (!spendTokens(state, buckets, context)) return CODE.entryQuota;
  save(state, SLOTS.sequenceWindow, parts, takeSequence(window, sequence));
  return CODE.ok;
}
