import {CODE, DEVICE_CLASS, encodeCanonical, equalBytes, KEY_OWNER, keyId, LIMITS} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema, RegisterDeviceSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {numberPart} from '@vitalvault/proofs';
import {logAccess} from '../access-log.js';
import {BUCKET} from '../buckets.js';
import {areTags, isAny, isIdentity, isSigningKey, isZero} from '../field-rules.js';
import {assignKey} from '../keys.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {load, save, SLOTS} from '../state-slots.js';

type RegisterDevice = MessageOf<'registerDevice'>;

/**
 * A device joins its owner with both signatures: hers, and its own as proof of possession. A second registration is
 * refused until the owner removes it; each registration has its own number and sequence of records.
 * @paper CA registration (IoTDevice.owner), CA-13; docs/protocol.md §4.3
 */
export const REGISTER_DEVICE: MessageRules<RegisterDevice> = {
  rights: true,
  schema: RegisterDeviceSchema,
  fields: {
    owner: isIdentity,
    deviceKey: isSigningKey,
    typeTags: (tags) => areTags(tags, LIMITS.deviceTags) && !tags.some(isZero),
    deviceClass: (value) => value >= DEVICE_CLASS.wearable && value <= DEVICE_CLASS.phone,
    fromSlot: isAny,
  },
  signatures: ({deviceKey}) => [[undefined, deviceKey]],
  maySign: ({kind}) => kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: BUCKET.rights, identities: [identity]}),
  apply,
};

function apply(context: TxContext, {owner, deviceKey, typeTags, deviceClass, fromSlot}: RegisterDevice): Outcome {
  const {state, signer} = context;
  if (!equalBytes(signer.identity, owner)) return refused(CODE.notAuthorised);
  if (!isSigningKey(deviceKey)) return refused(CODE.invalidField);
  const device = keyId(deviceKey, state.sha256);
  const keyOwner = load(state, SLOTS.keyOwner, [device]);
  const before = load(state, SLOTS.device, [device]);
  if (keyOwner !== undefined && keyOwner.kind !== KEY_OWNER.device) return refused(CODE.deviceTaken);
  if (before !== undefined && before.owner.length > 0) return refused(CODE.deviceTaken);
  const registration = (before?.registration ?? 0) + 1;
  assignKey(state, deviceKey, KEY_OWNER.device, device);
  save(state, SLOTS.device, [device], {key: deviceKey, registration, owner});
  save(state, SLOTS.registration, [device, numberPart(registration)], {owner, typeTags, deviceClass, fromSlot});
  logAccess(context, owner, {case: 'deviceRegistered', value: {device, registration, typeTags, deviceClass, fromSlot}});
  return done(encodeCanonical(RegisterDeviceResultSchema, {registration}));
}
