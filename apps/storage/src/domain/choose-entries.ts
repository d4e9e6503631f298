import {LIMITS, encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {AnchorEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {SignedParts} from './record.js';

// Room for the envelope: body fields, one signature, lengths.
const ENVELOPE_BYTES = 512;

/** Content of one entry of a transaction. */
export type EntryContent = FieldsOf<typeof AnchorEntrySchema>;

/** Entry for a record. */
export const recordEntry = ({
  header,
  ciphertextHash,
  innerKeyHash,
  sealedKeyHash,
  signature,
}: SignedParts): EntryContent => ({
  entry: {case: 'record', value: {header, ciphertextHash, innerKeyHash, sealedKeyHash, signature}},
});

/** Entry for a number that is given up. */
export const skipEntry = ({skip, signature}: {skip: Uint8Array; signature: Uint8Array}): EntryContent => ({
  entry: {case: 'skip', value: {skip, signature}},
});

/**
 * The first of `candidates` that fit into one transaction: 200 entries and 64 KiB at the most. @spec docs/protocol.md
 * §10
 */
export function chooseEntries<R extends {readonly content: EntryContent}>(candidates: readonly R[]): R[] {
  const chosen: R[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const candidate of candidates.slice(0, LIMITS.anchorEntries)) {
    bytes += encodeCanonical(AnchorEntrySchema, candidate.content).length + 4;
    if (bytes > LIMITS.txBytes) break;
    chosen.push(candidate);
  }
  return chosen;
}
