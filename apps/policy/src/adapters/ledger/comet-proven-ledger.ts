import {DomainError} from '@vitalvault/errors';
import {verifiedProofs} from '@vitalvault/ledger-client';
import type {VerifiedProofsOptions} from '@vitalvault/ledger-client';
import type {ChainTrust, ProofQuestion} from '@vitalvault/light-client';
import {withSpan} from '@vitalvault/process';
import type {ProvenLedger, ProvenState} from '../../application/ports.js';

/** [§7:3] Older than this, a header says nothing about now. */
export const MAX_HEADER_AGE_MS = 30_000;

/** Proofs that fold to a fresh header of the genesis' validators; whatever else a validator says is no answer. */
export class CometProvenLedger implements ProvenLedger {
  constructor(
    private readonly options: {client: VerifiedProofsOptions['client']; trust: ChainTrust; timeoutMs?: number},
  ) {}

  async prove(question: ProofQuestion, atLeast: bigint): Promise<ProvenState> {
    const {client, trust, timeoutMs = 8_000} = this.options;
    return withSpan('ledger.verified_proofs', {kind: 'client'}, async () => {
      try {
        return await verifiedProofs({
          client,
          trust,
          request: question,
          atLeast,
          maxHeaderAgeMs: MAX_HEADER_AGE_MS,
          timeoutMs,
        });
      } catch (error) {
        throw translate(error);
      }
    });
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof DomainError)) return error;
  // A true header that is old is no lie: the chain stands still, or we see only its past.
  if (error.meta['reason'] === 'stale-header')
    return new DomainError('ledger-unavailable', {
      detail: "its newest header is too old by this service's clock",
      meta: error.meta,
      cause: error,
    });
  // So is one from the future: the clock of this service is behind that of the validators.
  if (error.meta['reason'] === 'future-header')
    return new DomainError('ledger-unavailable', {
      detail: "its newest header is ahead of this service's clock",
      meta: error.meta,
      cause: error,
    });
  // Two nodes refuse a question that is within the limits.
  if (error.code === 'invalid-field')
    return new DomainError('not-verified', {detail: 'the ledger cannot prove what was asked', cause: error});
  return error;
}
