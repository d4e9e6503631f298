import {ORG_ROLE, equalBytes, slotOf, toHex} from '@vitalvault/contracts';
import {SignedMemberProfileSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {EnvelopeError, openMemberProfile, profileHash} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {decodeForCaller} from '../domain/decode-for-caller.js';
import type {DocumentStore, Id, Projection} from './ports.js';

/** Keeps the profile of a member: whose key it is, as her organisation signed it and the ledger holds its hash. */
export class KeepProfile {
  constructor(
    private readonly options: {chainId: string},
    private readonly ports: {projection: Projection; documents: DocumentStore},
  ) {}

  /** @throws DomainError malformed, unknown-field, not-found, invalid-field */
  async execute(memberId: Id, bytes: Uint8Array): Promise<void> {
    const signed = decodeForCaller(SignedMemberProfileSchema, bytes);
    const member = await this.ports.projection.member(memberId);
    if (member === undefined) throw new DomainError('not-found', {detail: 'No such member is on the ledger.'});
    if (!equalBytes(member.profileHash, profileHash(signed.profile)))
      throw new DomainError('invalid-field', {detail: 'profile: not the one that the ledger holds the hash of'});
    const key = await this.signer(toHex(member.organisation), signed.signature?.publicKey);
    try {
      const profile = openMemberProfile(signed, key);
      const fits =
        profile.chainId === this.options.chainId &&
        toHex(profile.member) === memberId &&
        equalBytes(profile.organisation, member.organisation);
      if (!fits) throw new DomainError('invalid-field', {detail: 'profile: of another chain, member or organisation'});
    } catch (cause) {
      if (cause instanceof EnvelopeError)
        throw new DomainError('invalid-field', {detail: `profile: ${cause.message}`, cause});
      throw cause;
    }
    await this.ports.documents.putProfile(memberId, bytes);
  }

  /** The sponsor or admin key of the organisation that the signature names, valid now. */
  private async signer(
    organisation: Id,
    publicKey: Uint8Array | undefined,
  ): Promise<{alg: number; publicKey: Uint8Array}> {
    const position = await this.ports.projection.position();
    const slot = slotOf(position?.timeSeconds ?? 0n);
    const keys = await this.ports.projection.organisationKeys(organisation);
    const found = keys.find(
      ({role, key, fromSlot, toSlot}) =>
        (role === ORG_ROLE.sponsor || role === ORG_ROLE.admin) &&
        key !== undefined &&
        publicKey !== undefined &&
        equalBytes(key.publicKey, publicKey) &&
        slot >= fromSlot &&
        (toSlot === 0 || slot <= toSlot),
    );
    if (found?.key === undefined)
      throw new DomainError('invalid-field', {
        detail: "profile: not signed by a sponsor or admin key of the member's organisation",
      });
    return found.key;
  }
}
