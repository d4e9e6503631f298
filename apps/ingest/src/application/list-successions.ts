import {notBehind} from './not-behind.js';
import type {LedgerFacts, PatientSuccessions} from './ports.js';

/**
 * Successions of a patient's signing key, for her devices: each carries the signature of her recovery key, so that this
 * gateway need not be trusted.
 */
export class ListSuccessions {
  constructor(private readonly ports: {facts: LedgerFacts}) {}

  /** @throws DomainError `behind` when the projection has not reached `atLeast`, `policy-unavailable` */
  async execute(patient: Uint8Array, after: number, atLeast: bigint): Promise<PatientSuccessions> {
    return notBehind(await this.ports.facts.successions(patient, after), atLeast);
  }
}
