import {equalBytes, slotOf} from '@vitalvault/contracts';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';

/** That the owner took a device out. */
export interface Removal {
  /** Records of this slot and later are refused. */
  readonly distrustFromSlot: number;
  /** Unix milliseconds after which nothing more is taken. */
  readonly acceptsUntilMs: number;
}

/** One registration of a device as the ledger has it. */
export interface RegisteredDevice {
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly owner: Uint8Array;
  readonly typeTags: readonly Uint8Array[];
  readonly fromSlot: number;
  /** Undefined while registered. */
  readonly removed: Removal | undefined;
}

/**
 * Whether the registration covers the record: owner, removal, tag, slot, in the order of the ledger's own rules so that
 * what is accepted here is not refused there. A removed device may for a while deliver what lies before its removal.
 * Does NOT check the signature.
 * @param nowMs Unix milliseconds
 * @paper CA-13
 */
export function faultOfDevice(device: RegisteredDevice, header: RecordHeader, nowMs: number): DomainError | undefined {
  if (!equalBytes(device.owner, header.patient)) return new DomainError('unknown-device');
  if (device.removed !== undefined && !isFromBefore(device.removed, header, nowMs))
    return new DomainError('device-removed');
  if (!device.typeTags.some((tag) => equalBytes(tag, header.typeTag))) return new DomainError('wrong-tag');
  if (header.slot < device.fromSlot)
    return new DomainError('slot-out-of-range', {
      detail: 'It is before the registration of the device.',
      meta: {fromSlot: device.fromSlot},
    });
  const newest = slotOf(Math.floor(nowMs / 1_000)) + 1;
  if (header.slot > newest)
    return new DomainError('slot-out-of-range', {detail: 'It is in the future.', meta: {newestSlot: newest}});
  return undefined;
}

// The ledger counts blocks beside the time; where blocks are fast it refuses a little earlier, and says so in the
// receipt.
function isFromBefore({distrustFromSlot, acceptsUntilMs}: Removal, {slot}: RecordHeader, nowMs: number): boolean {
  return slot < distrustFromSlot && nowMs <= acceptsUntilMs;
}
