import {fromHex} from '@vitalvault/contracts';
import {SdkError} from './sdk-error.js';

const LARGEST_UINT32 = 2 ** 32 - 1;

/** @throws SdkError `invalid-argument` unless it is a whole number from `least` to the largest uint32 */
export function requireUint32(name: string, value: number, least = 0): void {
  if (!Number.isInteger(value) || value < least || value > LARGEST_UINT32)
    throw new SdkError('invalid-argument', {
      detail: `${name} must be a whole number from ${least} to ${LARGEST_UINT32}`,
    });
}

/** @throws SdkError `invalid-argument` for NaN, infinity, and what is below `least` */
export function requireFinite(name: string, value: number, least: number): void {
  if (!(Number.isFinite(value) && value >= least))
    throw new SdkError('invalid-argument', {detail: `${name} must be a number from ${least} on`});
}

/** The bytes of an id. @throws SdkError `invalid-argument` when the text is no hexadecimal of so many bytes */
export function requireId(name: string, text: string, bytes: number): Uint8Array<ArrayBuffer> {
  if (!/^[0-9a-f]+$/.test(text) || text.length !== bytes * 2)
    throw new SdkError('invalid-argument', {detail: `${name} must be an id of ${bytes * 2} hexadecimal digits`});
  return fromHex(text);
}
