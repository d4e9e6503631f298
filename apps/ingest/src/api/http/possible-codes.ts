import type {ErrorCode} from '@vitalvault/errors';

/** What asking another service can end with. */
export const AWAY = [
  'policy-unavailable',
  'storage-unavailable',
  'follower-stopped',
] as const satisfies readonly ErrorCode[];

/** Why what a device sent is not durable yet. */
export const NOT_DURABLE = [
  ...AWAY,
  'bus-unavailable',
  'busy',
  'storage-behind',
  'shutting-down',
  'behind',
] as const satisfies readonly ErrorCode[];

/** What can be wrong with a message of a device. */
export const WRONG_MESSAGE = [
  'invalid-field',
  'unknown-field',
  'wrong-version',
  'wrong-chain',
  'digest-mismatch',
  'record-signature',
  'unknown-device',
  'wrong-tag',
  'quota-exceeded',
  'too-many-records',
  'sequence-conflict',
  'sequence-too-far',
  'device-removed',
] as const satisfies readonly ErrorCode[];
