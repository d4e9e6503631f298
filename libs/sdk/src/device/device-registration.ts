import {equalBytes, keyId, toHex} from '@vitalvault/contracts';
import {publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {bodyOfPart, decodePart, encodePart, signPart} from '../ledger/part.js';
import {SdkError} from '../sdk-error.js';

/**
 * The device's half of its registration: it signs the owner's transaction (proof of possession) after it saw that the
 * transaction names its own key.
 * @returns the part with both signatures, and the owner that the device agreed to (hexadecimal)
 * @throws SdkError `part-refused`
 * @paper CA-13
 */
export function endorseRegistration(partText: string, key: StoredKey): {part: string; owner: string} {
  const part = decodePart(partText);
  const {message} = bodyOfPart(part);
  if (message.case !== 'registerDevice')
    throw new SdkError('part-refused', {detail: 'this is no registration of a device'});
  const {deviceKey, owner} = message.value;
  if (deviceKey === undefined || !equalBytes(deviceKey.publicKey, publicHalf(key).publicKey)) {
    throw new SdkError('part-refused', {detail: 'it registers another device'});
  }
  return {part: encodePart(signPart(part, key)), owner: toHex(owner)};
}

/** Device id, hexadecimal. */
export function deviceIdOf(key: StoredKey): string {
  return toHex(keyId(publicHalf(key)));
}
