import {MEMBER_ROLE, STATE_KIND, decodeCanonical, encodeCanonical, fromHex, keyId, toHex} from '@vitalvault/contracts';
import type {ORG_ROLE, TxMessage} from '@vitalvault/contracts';
import {MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {profileHash, signMemberProfile} from '@vitalvault/envelope';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {keysOfRole, organisationFromGenesis} from '../ledger/genesis-keys.js';
import type {NonceStore} from '../ledger/nonce-store.js';
import {encodePart} from '../ledger/part.js';
import type {TxPart} from '../ledger/part.js';
import {Transactions} from '../ledger/transactions.js';
import type {TxResult} from '../ledger/transactions.js';
import {untilProven} from '../ledger/until-proven.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {decodeEnrolmentRequest} from '../patient/enrolment.js';
import {decodeMemberRequest} from '../clinician/member-keys.js';
import {requireId} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {encodeEndorsement} from './endorsement.js';

export interface OrganisationOptions {
  /** Organisation id, hexadecimal. */
  organisation: string;
  /** Sponsor or admin key. */
  key: StoredKey;
  ledger: VerifiedLedger;
  nonces: NonceStore;
}

export interface MemberToEndorse {
  /** What the member printed. */
  request: string;
  name: string;
  title: string;
  role: keyof typeof MEMBER_ROLE;
}

/** An organisation's office: sponsors patients, vouches for its members. */
export class Organisation {
  private readonly transactions: Transactions;

  constructor(private readonly options: OrganisationOptions) {
    this.transactions = new Transactions({ledger: options.ledger, signer: options.key, nonces: options.nonces});
  }

  /**
   * Its half of an enrolment, as one line for the patient. @param request what she printed
   * @throws SdkError `role-missing` for a key that is no sponsor's: the ledger would refuse what she sends
   */
  async sponsor(request: string): Promise<string> {
    await this.requireRole(['sponsor']);
    return encodePart(await this.part({case: 'enrolPatient', value: decodeEnrolmentRequest(request)}));
  }

  /** Its half of a member's registration and the profile that it signs for her, as one line for the member. */
  async endorse({request, name, title, role}: MemberToEndorse): Promise<string> {
    await this.requireRole(['sponsor', 'admin']);
    const {signingKey, encryptionKey} = decodeMemberRequest(request);
    const organisation = fromHex(this.options.organisation);
    const profile = signMemberProfile(
      {chainId: this.options.ledger.chainId, organisation, member: keyId(signingKey), name, title},
      privateHalf(this.options.key),
    );
    const part = await this.part({
      case: 'registerMember',
      value: {
        organisation,
        signingKey,
        encryptionKey,
        role: MEMBER_ROLE[role],
        profileHash: profileHash(profile.profile),
      },
    });
    return encodeEndorsement(encodeCanonical(SignedMemberProfileSchema, profile), encodePart(part));
  }

  /** Whether the genesis gives the key one of these roles now, as the ledger will ask. */
  private async requireRole(roles: readonly (keyof typeof ORG_ROLE)[]): Promise<void> {
    const {organisation, key, ledger} = this.options;
    const found = organisationFromGenesis(ledger.genesis.genesis, fromHex(organisation));
    const slot = await ledger.slot();
    const keys = roles.flatMap((role) => keysOfRole(found, role, slot));
    if (!keys.some(({publicKey}) => toHex(publicKey) === key.publicKey))
      throw new SdkError('role-missing', {detail: `this takes the ${roles.join(' or ')} key of ${found.name}`});
  }

  /** Its counter may be lost, or never kept (a check in a pod): the ledger knows how far the key is. */
  private async part(message: TxMessage): Promise<TxPart> {
    return this.transactions.part(message, (await this.transactions.highestNonce()) + 1n);
  }

  /**
   * Done when the ledger proves it. The office keeps nothing: who hears something else does it again, as often as she
   * likes.
   * @param member hexadecimal
   * @throws SdkError `tx-timeout` also when the ledger does not prove it
   */
  async suspend(member: string): Promise<TxResult> {
    await this.requireRole(['sponsor', 'admin']);
    const {organisation, key, ledger} = this.options;
    const id = requireId('member', member, 20);
    const value = {organisation: fromHex(organisation), member: id};
    const result = await this.transactions.send({case: 'suspendMember', value});
    const place = {kind: STATE_KIND.member, parts: [id]};
    await untilProven(ledger, result.height, async () => {
      const {answer, header} = await ledger.proofs(key, {keys: [place]});
      const entry = answer.state(place.kind, place.parts);
      return {isShown: entry !== undefined && decodeCanonical(MemberSchema, entry).suspended, height: header.height};
    });
    return result;
  }
}
