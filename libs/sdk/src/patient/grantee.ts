import {decodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {openMemberProfile, profileHash} from '@vitalvault/envelope';
import type {StoredKey} from '../keys/stored-key.js';
import {keysOfRole, organisationFromGenesis} from '../ledger/genesis-keys.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {requireId} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';

/** A member as the ledger proves her and her organisation vouches for her. */
export interface VerifiedMember {
  member: string;
  organisation: string;
  organisationName: string;
  name: string;
  title: string;
  role: number;
  suspended: boolean;
  encryptionKey: Uint8Array;
  signingKey: {alg: number; publicKey: Uint8Array};
}

/**
 * Whose key a member's is: her entry proven under a verified header, and her profile, which her organisation signed and
 * to which the entry commits. Nobody's word alone.
 * @throws SdkError `grantee-is-organisation` for an organisation's id: it has no encryption key that epoch keys could
 *   be sealed to;
 *   `unknown-grantee` when anything is missing or does not fit
 */
export async function verifiedMember(
  ledger: VerifiedLedger,
  signer: StoredKey,
  member: string,
): Promise<VerifiedMember> {
  const named = ledger.genesis.genesis.organisations.find(({id}) => toHex(id) === member);
  if (named !== undefined)
    throw new SdkError('grantee-is-organisation', {
      detail: `${named.name} is an organisation; it has no encryption key on the ledger, so nobody there could open what is granted`,
    });
  const [value] = await ledger.state(signer, [{kind: 'member', parts: [requireId('member', member, 20)]}]);
  if (value === undefined) throw new SdkError('unknown-grantee', {detail: 'no such member is on the ledger'});
  const entry = decodeCanonical(MemberSchema, value);
  const organisation = organisationFromGenesis(ledger.genesis.genesis, entry.organisation);
  const signed = decodeProfile((await ledger.api.get('policy', `/v1/members/${member}/profile`, {signer})).bytes);
  const slot = await ledger.slot();
  const vouching = [...keysOfRole(organisation, 'sponsor', slot), ...keysOfRole(organisation, 'admin', slot)].find(
    ({publicKey}) => signed.signature !== undefined && equalBytes(publicKey, signed.signature.publicKey),
  );
  if (vouching === undefined)
    throw new SdkError('unknown-grantee', {detail: 'the profile is not signed by her organisation'});
  const profile = openMemberProfile(signed, vouching);
  const fits =
    equalBytes(profileHash(signed.profile), entry.profileHash) &&
    equalBytes(profile.member, fromHex(member)) &&
    equalBytes(profile.organisation, entry.organisation) &&
    profile.chainId === ledger.chainId;
  if (!fits || entry.signingKey === undefined)
    throw new SdkError('unknown-grantee', {detail: 'the profile is not the one that the ledger commits to'});
  return {
    member,
    organisation: toHex(entry.organisation),
    organisationName: organisation.name,
    name: profile.name,
    title: profile.title,
    role: entry.role,
    suspended: entry.suspended,
    encryptionKey: entry.encryptionKey,
    signingKey: entry.signingKey,
  };
}

function decodeProfile(bytes: Uint8Array) {
  try {
    return decodeCanonical(SignedMemberProfileSchema, bytes);
  } catch (cause) {
    throw new SdkError('unknown-grantee', {detail: 'the profile is damaged', cause});
  }
}
