import {fromBinary} from '@bufbuild/protobuf';
import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {encodeCanonical, STATE_KIND} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {
  BucketSchema,
  DeviceSchema,
  EpochHeadSchema,
  GrantSchema,
  HoldingsSchema,
  KeyOwnerSchema,
  LogHeadSchema,
  MemberSchema,
  MisbehaviourCountSchema,
  MisbehaviourSchema,
  NonceWindowSchema,
  OrganisationKeySchema,
  OrganisationSchema,
  ParametersSchema,
  PatientSchema,
  PeerSchema,
  ReadsUsedSchema,
  RegistrationSchema,
  SequenceWindowSchema,
  StateSizeSchema,
  UsedKeysSchema,
  ValidatorSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedEpochStatementSchema, SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {MutableState, ReadableState} from './state-view.js';

/** A kind of state key with the message that stands under it. */
export interface StateSlot<D extends DescMessage> {
  readonly kind: number;
  readonly schema: D;
}

const slot = <D extends DescMessage>(kind: number, schema: D): StateSlot<D> => ({kind, schema});

/**
 * All kinds that are written today, with their id parts. @spec docs/protocol.md §5.1,
 * proto/vitalvault/ledger/v1/state.proto
 */
export const SLOTS = {
  /** () */
  parameters: slot(STATE_KIND.parameters, ParametersSchema),
  /** (organisation) */
  organisation: slot(STATE_KIND.organisation, OrganisationSchema),
  /** (key id) */
  organisationKey: slot(STATE_KIND.organisationKey, OrganisationKeySchema),
  /** (member) */
  member: slot(STATE_KIND.member, MemberSchema),
  /** (patient) */
  patient: slot(STATE_KIND.patient, PatientSchema),
  /** (key id) */
  keyOwner: slot(STATE_KIND.keyOwner, KeyOwnerSchema),
  /** (device) */
  device: slot(STATE_KIND.device, DeviceSchema),
  /** (device, registration) */
  registration: slot(STATE_KIND.registration, RegistrationSchema),
  /** (device, registration) */
  sequenceWindow: slot(STATE_KIND.sequenceWindow, SequenceWindowSchema),
  /** (patient, tag) */
  epochHead: slot(STATE_KIND.epochHead, EpochHeadSchema),
  /** (patient, tag, epoch) */
  epochStatement: slot(STATE_KIND.epochStatement, SignedEpochStatementSchema),
  /** (patient, n) */
  succession: slot(STATE_KIND.succession, SignedKeySuccessionSchema),
  /** (patient, grant id) */
  grant: slot(STATE_KIND.grant, GrantSchema),
  /** (patient, grant id) */
  readsUsed: slot(STATE_KIND.readsUsed, ReadsUsedSchema),
  /** (key id) */
  nonceWindow: slot(STATE_KIND.nonceWindow, NonceWindowSchema),
  /** (bucket, identities) */
  bucket: slot(STATE_KIND.bucket, BucketSchema),
  /** (patient) */
  recordLog: slot(STATE_KIND.recordLog, LogHeadSchema),
  /** (patient) */
  accessLog: slot(STATE_KIND.accessLog, LogHeadSchema),
  /** (CometBFT address) */
  validator: slot(STATE_KIND.validator, ValidatorSchema),
  /** (CometBFT address, height as 8 bytes, kind as 1 byte) */
  misbehaviour: slot(STATE_KIND.misbehaviour, MisbehaviourSchema),
  /** (CometBFT address) */
  misbehaviourCount: slot(STATE_KIND.misbehaviour, MisbehaviourCountSchema),
  /** (CometBFT node id) */
  peer: slot(STATE_KIND.peer, PeerSchema),
  /** (patient) */
  holdings: slot(STATE_KIND.holdings, HoldingsSchema),
  /** (patient) */
  usedKeys: slot(STATE_KIND.usedKeys, UsedKeysSchema),
  /** () */
  stateSize: slot(STATE_KIND.stateSize, StateSizeSchema),
} as const;

/** The message under a key; undefined when there is nothing. */
export function load<D extends DescMessage>(
  view: ReadableState,
  {kind, schema}: StateSlot<D>,
  parts: readonly Uint8Array[],
): MessageShape<D> | undefined {
  const bytes = view.get(kind, parts);
  if (bytes === undefined) return undefined;
  return view.decoded?.(schema, bytes) ?? fromBinary(schema, bytes);
}

export function has(view: ReadableState, {kind}: StateSlot<DescMessage>, parts: readonly Uint8Array[]): boolean {
  return view.get(kind, parts) !== undefined;
}

export function save<D extends DescMessage>(
  overlay: MutableState,
  {kind, schema}: StateSlot<D>,
  parts: readonly Uint8Array[],
  message: FieldsOf<D>,
): void {
  overlay.set(kind, parts, encodeCanonical(schema, message));
}
