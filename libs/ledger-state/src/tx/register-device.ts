import {CODE, DEVICE_CLASS, encodeCanonical, equalBytes, KEY_OWNER, keyId, LIMITS} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema, RegisterDeviceSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Device} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {numberPart} from '@vitalvault/proofs';
import {logAccess} from '../access-log.js';
import {areTags, isAny, isIdentity, isSigningKey, isZero} from '../field-rules.js';
import {countHoldings} from '../holdings.js';
import {assignKey} from '../keys.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {load, save, SLOTS} from '../state-slots.js';

type RegisterDevice = MessageOf<'registerDevice'>;

/**
 * A device joins its owner with both signatures: hers, and its own as proof of possession. A second registration is
 * refused until the owner removes it; each registration has its own number and sequence of records. The same one again
 * with an earlier first slot extends it backwards, for what the device recorded before they met.
 * @paper CA registration (IoTDevice.owner), CA-13; docs/protocol.md §4.3
 */
export const REGISTER_DEVICE: MessageRules<RegisterDevice> = {
  level: 'rights',
  schema: RegisterDeviceSchema,
  fields: {
    owner: isIdentity,
    deviceKey: isSigningKey,
    typeTags: (tags) => areTags(tags, LIMITS.deviceTags) && !tags.some(isZero),
    deviceClass: (value) => value >= DEVICE_CLASS.wearable && value <= DEVICE_CLASS.phone,
    fromSlot: isAny,
  },
  signatures: ({deviceKey}) => [undefined, deviceKey],
  maySign: ({kind}) => kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: 'rights', identities: [identity]}),
  apply,
};

function apply(context: TxContext, message: RegisterDevice): Outcome {
  const {state, signer} = context;
  const {owner, deviceKey} = message;
  if (!equalBytes(signer.identity, owner)) return refused(CODE.notAuthorised);
  if (!isSigningKey(deviceKey)) return refused(CODE.invalidField);
  const device = keyId(deviceKey, state.sha256);
  const keyOwner = load(state, SLOTS.keyOwner, [device]);
  const before = load(state, SLOTS.device, [device]);
  if (keyOwner !== undefined && keyOwner.kind !== KEY_OWNER.device) return refused(CODE.deviceTaken);
  if (isRecoveryKey(context, owner, deviceKey)) return refused(CODE.deviceTaken);
  if (before !== undefined && before.owner.length > 0)
    return extendsBackwards(context, device, {before, message})
      ? put(context, {device, registration: before.registration}, message)
      : refused(CODE.deviceTaken);
  if (!countHoldings(context, owner, {registrations: 1, liveDevices: 1})) return refused(CODE.ceiling);
  const registration = (before?.registration ?? 0) + 1;
  assignKey(state, deviceKey, KEY_OWNER.device, device);
  save(state, SLOTS.device, [device], {key: deviceKey, registration, owner});
  return put(context, {device, registration}, message);
}

// What she carries about must not be able to take her place.
function isRecoveryKey({state}: TxContext, owner: Uint8Array, {publicKey}: SigningKey): boolean {
  const recovery = load(state, SLOTS.patient, [owner])?.recoveryKey?.publicKey;
  return recovery !== undefined && equalBytes(recovery, publicKey);
}

function extendsBackwards(
  {state}: TxContext,
  device: Uint8Array,
  {before, message}: {before: Device; message: RegisterDevice},
): boolean {
  const {owner, typeTags, deviceClass, fromSlot} = message;
  const stands = load(state, SLOTS.registration, [device, numberPart(before.registration)]);
  return (
    stands !== undefined &&
    equalBytes(stands.owner, owner) &&
    stands.deviceClass === deviceClass &&
    stands.typeTags.length === typeTags.length &&
    stands.typeTags.every((tag, i) => equalBytes(tag, typeTags[i] as Uint8Array)) &&
    fromSlot < stands.fromSlot
  );
}

function put(
  context: TxContext,
  {device, registration}: {device: Uint8Array; registration: number},
  {owner, typeTags, deviceClass, fromSlot}: RegisterDevice,
): Outcome {
  const terms = {typeTags, deviceClass, fromSlot};
  save(context.state, SLOTS.registration, [device, numberPart(registration)], {owner, ...terms});
  logAccess(context, owner, {case: 'deviceRegistered', value: {device, registration, ...terms}});
  return done(encodeCanonical(RegisterDeviceResultSchema, {registration}));
}
