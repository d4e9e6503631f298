import {LIMITS, encodeCanonical} from '@vitalvault/contracts';
import {AnchorEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SignedParts} from './record.js';

// Room for the envelope: body fields, one signature, lengths.
const ENVELOPE_BYTES = 512;

/** Entry of a transaction for one record. */
export const entryOf = (parts: SignedParts) => ({
  entry: {
    case: 'record' as const,
    value: {header: parts.header, ciphertextHash: parts.ciphertextHash, innerKeyHash: parts.innerKeyHash, sealedKeyHash: parts.sealedKeyHash, signature: parts.signature},
  },
});

/** The first of `candidates` that fit into one transaction: 200 entries and 64 KiB at the most. @spec docs/protocol.md §10 */
export function chooseEntries<R extends SignedParts>(candidates: readonly R[]): R[] {
  const chosen: R[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const candidate of candidates.slice(0, LIMITS.anchorEntries)) {
    bytes += encodeCanonical(AnchorEntrySchema, entryOf(candidate)).length + 4;
    if (bytes > LIMITS.txBytes) break;
    chosen.push(candidate);
  }
  return chosen;
}
