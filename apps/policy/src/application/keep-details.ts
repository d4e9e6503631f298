import {equalBytes, sha256Of, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {accessOf} from './access-of.js';
import type {DocumentStore, Id, Projection} from './ports.js';

const MAX_BYTES = 16_384;

/** Keeps the sealed words of a reader about her request, for the patient. */
export class KeepDetails {
  constructor(private readonly ports: {projection: Projection; documents: DocumentStore}) {}

  /**
   * @throws DomainError body-too-large, tx-not-found, not-yours, invalid-field when it is not what the request
   * committed to
   */
  async execute(txId: Id, caller: Id, sealed: Uint8Array): Promise<void> {
    if (sealed.length > MAX_BYTES)
      throw new DomainError('body-too-large', {detail: `Details have at most ${MAX_BYTES} bytes.`});
    const {event} = await accessOf(this.ports.projection, txId);
    if (toHex(event.reader) !== caller)
      throw new DomainError('not-yours', {detail: 'Only the reader of the transaction may add details.'});
    if (!equalBytes(sha256Of(sealed), event.request?.detailsHash ?? new Uint8Array()))
      throw new DomainError('invalid-field', {detail: 'body: its hash is not the one in the transaction'});
    await this.ports.documents.putDetails(txId, sealed);
  }
}
