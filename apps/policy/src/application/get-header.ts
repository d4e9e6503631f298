import {refuseUnknownValidator} from './asked-validator.js';
import type {Asked} from './asked-validator.js';
import type {LedgerSource} from './ports.js';

/** Hands on the header of a height as one validator has it. Believed by nobody: the caller verifies it. */
export class GetHeader {
  constructor(private readonly ports: {ledger: LedgerSource}) {}

  /** @returns JSON text. @throws DomainError invalid-field; not-found while there is none; ledger-unavailable */
  async execute(height: bigint | 'latest', {validator}: Asked): Promise<string> {
    refuseUnknownValidator(this.ports.ledger, validator);
    return this.ports.ledger.signedHeader(height, validator);
  }
}
