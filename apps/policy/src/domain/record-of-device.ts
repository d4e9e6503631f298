import {NotCanonicalError, decodeCanonical, equalBytes} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';

/** Whether a leaf of a record log is of a record or skip by this device. */
export function isRecordOf(device: Uint8Array, leaf: Uint8Array): boolean {
  try {
    const entry = decodeCanonical(RecordLeafSchema, leaf).entry?.entry;
    if (entry?.case === 'record')
      return equalBytes(decodeCanonical(RecordHeaderSchema, entry.value.header).device, device);
    return entry?.case === 'skip' && equalBytes(decodeCanonical(SkipSchema, entry.value.skip).device, device);
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}
