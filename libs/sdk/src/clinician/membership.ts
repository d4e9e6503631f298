import {decodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {profileHash} from '@vitalvault/envelope';
import {publicHalf} from '../keys/stored-key.js';
import {bodyOfPart, decodePart, signPart, txOfPart} from '../ledger/part.js';
import {submit} from '../ledger/transactions.js';
import type {TxResult} from '../ledger/transactions.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {decodeEndorsement} from '../organisation/endorsement.js';
import {SdkError} from '../sdk-error.js';
import type {MemberKeys} from './member-keys.js';

/**
 * Becomes a member: signs her organisation's transaction after checking that it names her keys and commits to the
 * profile that came with it, sends it, and publishes the profile.
 * @param endorsement what the organisation gave back
 * @throws SdkError `part-refused`, `tx-refused`
 */
export async function joinOrganisation(
  keys: MemberKeys,
  ledger: VerifiedLedger,
  endorsement: string,
): Promise<TxResult> {
  const {profile, part: partText} = decodeEndorsement(endorsement);
  const part = decodePart(partText);
  const {chainId, message} = bodyOfPart(part);
  const named = message.case === 'registerMember' ? message.value : undefined;
  const fits =
    named?.signingKey !== undefined &&
    chainId === ledger.chainId &&
    equalBytes(named.signingKey.publicKey, publicHalf(keys.signing).publicKey) &&
    equalBytes(named.encryptionKey, fromHex(keys.encryption.publicKey)) &&
    equalBytes(named.profileHash, profileHash(decodeCanonical(SignedMemberProfileSchema, profile).profile));
  if (!fits) throw new SdkError('part-refused', {detail: 'it does not register these keys with this profile'});
  const result = await submit(ledger, txOfPart(signPart(part, keys.signing)));
  await ledger.api.put('policy', `/v1/members/${keys.member}/profile`, {body: profile, contentType: 'profile'});
  return result;
}
