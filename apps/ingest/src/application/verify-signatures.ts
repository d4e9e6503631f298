import {DomainError} from '@vitalvault/errors';
import type {AskAsStranger, SignatureVerifier} from './ports.js';
import type {Turns} from './turns.js';

/** What a device has signed, or somebody says so. */
export interface SignedByDevice {
  /** Registration that it names. */
  readonly signer: string;
  /** The registration's; 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verifies signatures in turns, and charges those that do not hold to the address that brought them: registrations are
 * public, so anybody can name one (docs/adr/0047).
 */
export class VerifySignatures {
  constructor(private readonly ports: {verifier: SignatureVerifier; turns: Turns}) {}

  /**
   * @returns undefined when it holds; else DomainError `record-signature`, or `quota-exceeded` of an address that
   *   brought too many that did not: then nobody has looked at this one
   */
  async execute(
    {signer, publicKey, digest, signature}: SignedByDevice,
    ask: AskAsStranger,
  ): Promise<DomainError | undefined> {
    const refused = ask.signature(signer);
    if (refused !== undefined) return refused;
    await this.ports.turns.next();
    // Others of the same address may have been found wrong meanwhile.
    const late = ask.signature(signer);
    if (late !== undefined) return late;
    if (this.ports.verifier.verify(publicKey, digest, signature)) return undefined;
    ask.wrong(signer);
    return new DomainError('record-signature');
  }
}
