import {base64Encode} from '@bufbuild/protobuf/wire';
import {decodeCanonical, encodeCanonical, fromBase64Url, fromHex} from '@vitalvault/contracts';
import {RegisterMemberSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {RandomBytes} from '@vitalvault/envelope';
import {idOf, newEncryptionKey, newSigningKey, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {SdkError} from '../sdk-error.js';

/** What a member keeps; plain JSON, to be stored encrypted. */
export interface MemberKeys {
  /** Hexadecimal id of her first signing key. */
  member: string;
  signing: StoredKey;
  encryption: StoredKey;
  /** A signing key that takes the place of the current one: kept until it is settled which one the ledger has. */
  replacement?: StoredKey | undefined;
}

const PREFIX = 'vvmemberreq1.';

export function createMemberKeys(random: RandomBytes): MemberKeys {
  const signing = newSigningKey(random);
  return {member: idOf(signing), signing, encryption: newEncryptionKey(random)};
}

/** Her public keys as one line, for the organisation that vouches for her. */
export function memberRequest(keys: MemberKeys): string {
  const message = {
    signingKey: publicHalf(keys.signing),
    encryptionKey: fromHex(keys.encryption.publicKey),
    // For the organisation to say.
    organisation: new Uint8Array(0),
    role: 0,
    profileHash: new Uint8Array(0),
  };
  return PREFIX + base64Encode(encodeCanonical(RegisterMemberSchema, message), 'url');
}

/** @throws SdkError `part-refused` */
export function decodeMemberRequest(text: string): {
  signingKey: {alg: number; publicKey: Uint8Array};
  encryptionKey: Uint8Array;
} {
  if (!text.startsWith(PREFIX))
    throw new SdkError('part-refused', {detail: `a member's request begins with "${PREFIX}"`});
  try {
    const {signingKey, encryptionKey} = decodeCanonical(RegisterMemberSchema, fromBase64Url(text.slice(PREFIX.length)));
    if (signingKey === undefined || encryptionKey.length !== 32) throw new RangeError('keys are missing');
    return {signingKey, encryptionKey};
  } catch (cause) {
    throw new SdkError('part-refused', {detail: 'the request is damaged', cause});
  }
}
