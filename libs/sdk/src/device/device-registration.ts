import {equalBytes, keyId, toHex} from '@vitalvault/contracts';
import {publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {bodyOfPart, decodePart, encodePart, signPart} from '../ledger/part.js';
import {SdkError} from '../sdk-error.js';

/**
 * The device's half of its registration: it signs the owner's transaction (proof of possession) after it saw that the
 * transaction names its own key.
 * @returns the part with both signatures, and what the device agreed to: the owner (hexadecimal), and the key
 *   (hexadecimal) that signed for her and from which it takes its first configuration (the ledger takes the
 *   registration by her current key alone), and the first slot whose readings it gives
 * @throws SdkError `part-refused`
 * @paper CA-13
 */
export function endorseRegistration(
  partText: string,
  key: StoredKey,
): {part: string; owner: string; pairedKey: string; fromSlot: number} {
  const part = decodePart(partText);
  const {message} = bodyOfPart(part);
  if (message.case !== 'registerDevice')
    throw new SdkError('part-refused', {detail: 'this is no registration of a device'});
  const {deviceKey, owner, fromSlot} = message.value;
  if (deviceKey === undefined || !equalBytes(deviceKey.publicKey, publicHalf(key).publicKey)) {
    throw new SdkError('part-refused', {detail: 'it registers another device'});
  }
  const [ownerSignature] = part.signatures;
  if (ownerSignature === undefined) throw new SdkError('part-refused', {detail: 'its owner did not sign it'});
  return {
    part: encodePart(signPart(part, key)),
    owner: toHex(owner),
    pairedKey: toHex(ownerSignature.publicKey),
    fromSlot,
  };
}

/** Device id, hexadecimal. */
export function deviceIdOf(key: StoredKey): string {
  return toHex(keyId(publicHalf(key)));
}
