import {base64Encode} from '@bufbuild/protobuf/wire';
import {decodeCanonical, fromBase64Url} from '@vitalvault/contracts';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {SdkError} from '../sdk-error.js';

const PREFIX = 'vvmember1';

/** The organisation's signed profile of a member and its half of her registration, as one line. */
export function encodeEndorsement(profile: Uint8Array, part: string): string {
  return `${PREFIX}.${base64Encode(profile, 'url')}.${part}`;
}

/** @throws SdkError `part-refused` */
export function decodeEndorsement(text: string): {profile: Uint8Array; part: string} {
  const [head, profile = '', ...part] = text.split('.');
  if (head !== PREFIX) throw new SdkError('part-refused', {detail: `an endorsement begins with "${PREFIX}."`});
  try {
    const bytes = fromBase64Url(profile);
    decodeCanonical(SignedMemberProfileSchema, bytes);
    return {profile: bytes, part: part.join('.')};
  } catch (cause) {
    throw new SdkError('part-refused', {detail: 'the endorsement is damaged', cause});
  }
}
