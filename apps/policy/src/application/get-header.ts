import {refuseUnknownValidator} from './asked-validator.js';
import type {Asked} from './asked-validator.js';
import type {LedgerSource, Projection} from './ports.js';
import {surelyThere} from './surely-there.js';

/**
 * Hands on the header of a height: as the validator that is named has it, or one that verifies. The caller believes
 * neither: she verifies it.
 */
export class GetHeader {
  constructor(private readonly ports: {ledger: LedgerSource; projection: Pick<Projection, 'position'>}) {}

  /** @returns JSON text. @throws DomainError invalid-field; not-found while there is none; ledger-unavailable */
  async execute(height: bigint | 'latest', {validator}: Asked): Promise<string> {
    const {ledger, projection} = this.ports;
    refuseUnknownValidator(ledger, validator);
    if (validator !== undefined) return ledger.signedHeader(height, validator);
    return ledger.verifiedHeader(height === 'latest' ? {atLeast: await surelyThere(projection)} : height);
  }
}
