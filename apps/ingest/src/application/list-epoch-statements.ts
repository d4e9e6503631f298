import {notBehind} from './not-behind.js';
import type {LedgerFacts, PatientEpochs} from './ports.js';

/**
 * Epoch statements of a patient, for her devices: each carries her signature, so that this gateway need not be trusted.
 */
export class ListEpochStatements {
  constructor(private readonly ports: {facts: LedgerFacts}) {}

  /** @throws DomainError `behind` when the projection has not reached `atLeast`, `policy-unavailable` */
  async execute(patient: Uint8Array, typeTag: Uint8Array | undefined, atLeast: bigint): Promise<PatientEpochs> {
    return notBehind(await this.ports.facts.epochs(patient, typeTag), atLeast);
  }
}
