import {equalBytes, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {DocumentStore, Id, Projection} from './ports.js';

/** Gives the epoch keys that the patient wrapped for the grantee of one grant. */
export class GetWraps {
  constructor(private readonly ports: {projection: Projection; documents: DocumentStore}) {}

  /** For the patient, or a grantee of a grant that stands. @throws DomainError not-yours, not-found */
  async execute(place: {patient: Id; grantId: Id}, caller: Id): Promise<Uint8Array> {
    const grant = await this.ports.projection.grant(place.patient, place.grantId);
    const member = await this.ports.projection.member(caller);
    const names =
      grant !== undefined &&
      (toHex(grant.grantee) === caller || (member !== undefined && equalBytes(member.organisation, grant.grantee)));
    if (caller !== place.patient && (!names || member?.suspended === true)) throw new DomainError('not-yours');
    const stored = grant?.revoked === true ? undefined : await this.ports.documents.wraps(place.patient, place.grantId);
    if (stored === undefined) throw new DomainError('not-found', {detail: 'No wrapped keys are here for this grant.'});
    return stored.value;
  }
}
