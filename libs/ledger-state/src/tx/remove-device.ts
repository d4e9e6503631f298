import {CODE, equalBytes, KEY_OWNER} from '@vitalvault/contracts';
import {RemoveDeviceSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {numberPart} from '@vitalvault/proofs';
import {logAccess} from '../access-log.js';
import {blockSlot} from '../block-time.js';
import {BUCKET} from '../buckets.js';
import {isAny, isIdentity} from '../field-rules.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {load, save, SLOTS} from '../state-slots.js';

type RemoveDevice = MessageOf<'removeDevice'>;

/**
 * The owner takes a device out; records of `distrustFromSlot` (the block's slot if absent) and later are refused from
 * now on. Its past stays hers.
 * @paper CA-13; docs/protocol.md §4.3
 */
export const REMOVE_DEVICE: MessageRules<RemoveDevice> = {
  rights: true,
  schema: RemoveDeviceSchema,
  fields: {owner: isIdentity, device: isIdentity, distrustFromSlot: isAny},
  signatures: () => [[undefined]],
  maySign: ({kind}) => kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: BUCKET.rights, identities: [identity]}),
  apply,
};

function apply(context: TxContext, message: RemoveDevice): Outcome {
  const {state, signer, block} = context;
  const {owner, device} = message;
  if (!equalBytes(signer.identity, owner)) return refused(CODE.notAuthorised);
  const entry = load(state, SLOTS.device, [device]);
  const registration = entry && load(state, SLOTS.registration, [device, numberPart(entry.registration)]);
  if (entry === undefined || registration === undefined || !equalBytes(registration.owner, owner))
    return refused(CODE.unknownDevice);
  if (registration.removed) return refused(CODE.deviceRemoved);
  const distrustFromSlot = message.distrustFromSlot === 0 ? blockSlot(block) : message.distrustFromSlot;
  save(state, SLOTS.device, [device], {...entry, owner: new Uint8Array(0)});
  save(state, SLOTS.registration, [device, numberPart(entry.registration)], {
    ...registration,
    distrustFromSlot,
    removed: true,
  });
  logAccess(context, owner, {
    case: 'deviceRemoved',
    value: {device, registration: entry.registration, distrustFromSlot},
  });
  return done();
}
