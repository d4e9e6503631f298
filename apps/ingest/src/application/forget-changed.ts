import {JunkMessage, NewerMessage, decodeMessage} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {LedgerEvent} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {KnownFacts} from './known-facts.js';

/**
 * Forgets what a ledger event says has changed, so that a removed device is refused at once and not when the memory
 * ends. What this version cannot read may have changed anything: then all is forgotten, and nobody has to wait.
 */
export class ForgetChanged {
  constructor(private readonly ports: {facts: KnownFacts}) {}

  /** @param value of a message of vv.ledger.events.v1 */
  execute(value: Uint8Array): void {
    try {
      this.#forget(decodeMessage(LedgerEventSchema, value));
    } catch (error) {
      if (!(error instanceof JunkMessage || error instanceof NewerMessage)) throw error;
      this.ports.facts.forgetAll();
    }
  }

  #forget({accessLeaf, patient}: LedgerEvent): void {
    if (accessLeaf.length === 0) return;
    const {event} = decodeMessage(AccessLeafSchema, accessLeaf);
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
        throw new JunkMessage('a leaf without an event');
    }
  }
}
