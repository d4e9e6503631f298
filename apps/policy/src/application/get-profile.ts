import {DomainError} from '@vitalvault/errors';
import type {DocumentStore, Id} from './ports.js';

/** Gives the profile of a member, as her organisation signed it. */
export class GetProfile {
  constructor(private readonly ports: {documents: DocumentStore}) {}

  /** @throws DomainError not-found */
  async execute(member: Id): Promise<Uint8Array> {
    const stored = await this.ports.documents.profile(member);
    if (stored === undefined) throw new DomainError('not-found', {detail: 'No profile of this member is here.'});
    return stored;
  }
}
