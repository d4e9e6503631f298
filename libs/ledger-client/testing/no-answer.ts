import {DomainError} from '@vitalvault/errors';
import {EndpointError} from '../src/rpc-endpoint.js';

/** What a LedgerClient throws when no node answers: who decides by the cause has to meet the same in a story. */
export const noAnswer = (): DomainError =>
  new DomainError('ledger-unavailable', {cause: new EndpointError('a node does not answer', {sent: false})});
