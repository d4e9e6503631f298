import {decodeCanonical} from '@vitalvault/contracts';
import type {LedgerEvent} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import type {KnownFacts} from './known-facts.js';

/**
 * Forgets what a ledger event says has changed, so that a removed device is refused at once and not when the memory
 * ends.
 */
export class ForgetChanged {
  constructor(private readonly ports: {facts: KnownFacts}) {}

  execute({accessLeaf, patient}: Pick<LedgerEvent, 'accessLeaf' | 'patient'>): void {
    if (accessLeaf.length === 0) return;
    const {event} = decodeCanonical(AccessLeafSchema, accessLeaf);
    switch (event.case) {
      case 'deviceRegistered':
      case 'deviceRemoved':
        this.ports.facts.forgetDevice(event.value.device, event.value.registration);
        break;
      case 'keys':
      case 'grant':
        this.ports.facts.forgetEpochs(patient);
        break;
      case 'enrolled':
      case 'access':
        break;
      case undefined:
        throw new DomainError('malformed', {detail: 'a leaf without an event'});
    }
  }
}
