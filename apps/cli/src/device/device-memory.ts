import type {Home} from '../actor/home.js';
import type {LockedJson} from '../actor/locked-json.js';

/** What a device remembers of its owner. */
export interface DeviceMemory {
  /** Patient id that it signed its registration for, and the key (hexadecimal) that signed it for her. */
  owner?: string;
  pairedKey?: string;
  /** First slot whose readings that registration gives. */
  fromSlot?: number;
  /** Newest configuration that it took. */
  config?: string;
  /** Public keys (hexadecimal) of the owner's successions, in order, from configurations and gateways. */
  ownerKeys?: string[];
}

export const deviceMemory = (home: Home): LockedJson<DeviceMemory> => home.file<DeviceMemory>('device.json', {});
