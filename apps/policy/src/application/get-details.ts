import {DomainError} from '@vitalvault/errors';
import {accessOf} from './access-of.js';
import type {DocumentStore, Id, Projection} from './ports.js';

/** Gives the patient the sealed words that a reader left about her request. */
export class GetDetails {
  constructor(private readonly ports: {projection: Projection; documents: DocumentStore}) {}

  /** @throws DomainError tx-not-found, not-yours, not-found */
  async execute(txId: Id, caller: Id): Promise<Uint8Array> {
    const {patient} = await accessOf(this.ports.projection, txId);
    if (patient !== caller) throw new DomainError('not-yours');
    const sealed = await this.ports.documents.details(txId);
    if (sealed === undefined) throw new DomainError('not-found', {detail: 'The reader left no details.'});
    return sealed;
  }
}
