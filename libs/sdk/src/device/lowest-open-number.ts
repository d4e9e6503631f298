import {decodeCanonical} from '@vitalvault/contracts';
import {SequenceWindowSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {numberPart} from '@vitalvault/proofs';
import type {StoredKey} from '../keys/stored-key.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';

/** A registration of a device, by its key id. */
export interface NumberedDevice {
  device: Uint8Array;
  registration: number;
}

/**
 * The lowest number of a registration that is neither anchored nor skipped, proven: where the ledger's window begins.
 * @throws SdkError as `VerifiedLedger.state`
 * @spec docs/protocol.md §3.6
 */
export async function lowestOpenNumber(
  {ledger, key}: {ledger: VerifiedLedger; key: StoredKey},
  {device, registration}: NumberedDevice,
): Promise<bigint> {
  const [value] = await ledger.state(key, [{kind: 'sequenceWindow', parts: [device, numberPart(registration)]}]);
  return value === undefined ? 1n : decodeCanonical(SequenceWindowSchema, value).base;
}
