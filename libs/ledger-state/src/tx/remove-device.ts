import {CODE, equalBytes, KEY_OWNER} from '@vitalvault/contracts';
import {RemoveDeviceSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {numberPart} from '@vitalvault/proofs';
import {logAccess} from '../access-log.js';
import {blockSlot} from '../block-time.js';
import {isAny, isIdentity} from '../field-rules.js';
import {countHoldings} from '../holdings.js';
import {done, invalid, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {isRemoved} from '../removal.js';
import {load, save, SLOTS} from '../state-slots.js';

type RemoveDevice = MessageOf<'removeDevice'>;

/**
 * The owner takes a registration out; records of `distrustFromSlot` (the block's slot if absent) and later are refused
 * from now on, and all others when the grace of the parameters is over. Once removed, she can only tighten that: an
 * earlier slot, which she may learn long after a device was stolen, and never a later one. Its past stays hers.
 * @paper CA-13; docs/protocol.md §4.3
 */
export const REMOVE_DEVICE: MessageRules<RemoveDevice> = {
  level: 'rights',
  schema: RemoveDeviceSchema,
  fields: {owner: isIdentity, device: isIdentity, distrustFromSlot: isAny, registration: (value) => value >= 1},
  signatures: () => [undefined],
  maySign: ({kind}) => kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: 'rights', identities: [identity]}),
  ends: (context, message) => (endsRegistration(context, message) ? 'right' : undefined),
  apply,
};

function endsRegistration({state, signer, block}: TxContext, message: RemoveDevice): boolean {
  const {owner, device, registration, distrustFromSlot} = message;
  if (!equalBytes(signer.identity, owner) || distrustFromSlot > blockSlot(block) + 1) return false;
  const stands = load(state, SLOTS.registration, [device, numberPart(registration)]);
  return stands !== undefined && equalBytes(stands.owner, owner) && !isRemoved(stands);
}

function apply(context: TxContext, message: RemoveDevice): Outcome {
  const {state, signer, block} = context;
  const {owner, device, registration: number} = message;
  if (!equalBytes(signer.identity, owner)) return refused(CODE.notAuthorised);
  const parts = [device, numberPart(number)];
  const registration = load(state, SLOTS.registration, parts);
  if (registration === undefined || !equalBytes(registration.owner, owner)) return refused(CODE.unknownDevice);
  const distrustFromSlot = message.distrustFromSlot === 0 ? blockSlot(block) : message.distrustFromSlot;
  if (distrustFromSlot > blockSlot(block) + 1) return invalid('distrust_from_slot');
  const removed = isRemoved(registration);
  if (removed && distrustFromSlot >= registration.distrustFromSlot) return refused(CODE.deviceRemoved);
  const since = removed ? registration : {removedAtHeight: block.height, removedAtTime: block.time};
  const {removedAtHeight, removedAtTime} = since;
  save(state, SLOTS.registration, parts, {...registration, distrustFromSlot, removedAtHeight, removedAtTime});
  if (!removed) freeDevice(context, owner, device);
  logAccess(context, owner, {case: 'deviceRemoved', value: {device, registration: number, distrustFromSlot}});
  return done();
}

// A registration that stands is the newest of its device: another one comes only after its removal.
function freeDevice(context: TxContext, owner: Uint8Array, device: Uint8Array): void {
  const {state} = context;
  countHoldings(context, owner, {liveDevices: -1});
  const entry = load(state, SLOTS.device, [device]);
  if (entry !== undefined) save(state, SLOTS.device, [device], {...entry, owner: new Uint8Array(0)});
}
