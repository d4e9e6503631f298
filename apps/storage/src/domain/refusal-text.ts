import {CODE, codeName} from '@vitalvault/contracts';

const GONE: ReadonlySet<number> = new Set([CODE.deviceRemoved, CODE.unknownDevice]);
/** Sealed again the same readings would be refused again. */
const NOT_ALLOWED: ReadonlySet<number> = new Set([CODE.entryTag, CODE.entrySlot]);

/** What the patient reads of a record that the ledger refused for good, and what becomes of its readings. */
export function refusalText(code: number): string {
  const what = `The ledger refused a record of your device (${codeName(code)}).`;
  if (GONE.has(code))
    return `${what} The device was removed: what it still holds is not sent again, unless you register it again.`;
  if (NOT_ALLOWED.has(code))
    return `${what} Its registration does not cover these readings: the device keeps them, and cannot send them as it is registered.`;
  return `${what} The device still holds its readings and sends them again under new numbers.`;
}
