import type {AccessEvent} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import type {Id, Projection} from './ports.js';

/** The request for access of a transaction, and whose data it asks for. @throws DomainError tx-not-found */
export async function accessOf(projection: Projection, txId: Id): Promise<{patient: Id; event: AccessEvent}> {
  const stored = await projection.leafOfTransaction(txId);
  if (stored?.leaf.event.case !== 'access')
    throw new DomainError('tx-not-found', {detail: 'No request for access has this id.'});
  return {patient: stored.patient, event: stored.leaf.event.value};
}
