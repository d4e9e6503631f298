import {equalBytes, sha256Of, toHex} from '@vitalvault/contracts';
import type {AccessEvent} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import type {DocumentStore, Id, Projection} from './ports.js';

const MAX_BYTES = 16_384;

/** Keeps the sealed words of readers about their requests, for the patient. */
export class KeepDetails {
  constructor(private readonly ports: {projection: Projection; documents: DocumentStore}) {}

  /**
   * @throws DomainError body-too-large, tx-not-found, not-yours, invalid-field when it is not what the request
   * committed to
   */
  async deposit(txId: Id, caller: Id, sealed: Uint8Array): Promise<void> {
    if (sealed.length > MAX_BYTES)
      throw new DomainError('body-too-large', {detail: `Details have at most ${MAX_BYTES} bytes.`});
    const {event} = await this.access(txId);
    if (toHex(event.reader) !== caller)
      throw new DomainError('not-yours', {detail: 'Only the reader of the transaction may add details.'});
    if (!equalBytes(sha256Of(sealed), event.request?.detailsHash ?? new Uint8Array()))
      throw new DomainError('invalid-field', {detail: 'body: its hash is not the one in the transaction'});
    await this.ports.documents.putDetails(txId, sealed);
  }

  /** @throws DomainError tx-not-found, not-yours, not-found */
  async fetch(txId: Id, caller: Id): Promise<Uint8Array> {
    const {patient} = await this.access(txId);
    if (patient !== caller) throw new DomainError('not-yours');
    const sealed = await this.ports.documents.details(txId);
    if (sealed === undefined) throw new DomainError('not-found', {detail: 'The reader left no details.'});
    return sealed;
  }

  private async access(txId: Id): Promise<{patient: Id; event: AccessEvent}> {
    const stored = await this.ports.projection.leafOfTransaction(txId);
    if (stored?.leaf.event.case !== 'access')
      throw new DomainError('tx-not-found', {detail: 'No request for access has this id.'});
    return {patient: stored.patient, event: stored.leaf.event.value};
  }
}
