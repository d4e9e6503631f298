import {
  ALG_ES256K,
  NotCanonicalError,
  STATE_KIND,
  decodeCanonical,
  equalBytes,
  fromHex,
  slotOf,
  toHex,
} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {RecordEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Accepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError, openAccepted, recordId} from '@vitalvault/envelope';
import type {ParsedGenesis, VerifiedHeader} from '@vitalvault/light-client';
import {keysOfRole, organisationFromGenesis} from '../ledger/genesis-keys.js';
import {otherLedger, verifyMaterial} from '../ledger/verified-ledger.js';
import type {ProofMaterial} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';

/** What there is to show for one record, as it was answered: JSON that can be kept, sent and checked offline. */
export interface RecordReceipt {
  /** Canonical SignedAccepted, hexadecimal. */
  accepted: string;
  /** Where its leaf stands; hexadecimal patient id and decimal index. */
  place?: {patient: string; index: string} | undefined;
  /** The leaf with its inclusion proof, and the header that it is proven under. Only the patient can ask for it. */
  anchored?: {proof: string; signedHeader: object} | undefined;
}

export interface VerifiedReceipt {
  accepted: Accepted;
  /** Name of the organisation that took the record in its keeping. */
  custodian: string;
  /** When it is anchored and that was proven. */
  anchored?: {index: bigint; height: bigint; txId: string; header: VerifiedHeader};
}

export interface ReceiptTrust {
  genesis: ParsedGenesis;
  /** Unix milliseconds: no header is from the future. */
  now: number;
}

/**
 * Checks a receipt with nothing trusted but the genesis. *Accepted*: signed by an ingest key that the custodian had in
 * the genesis at that time. *Anchored*: exactly that record is in the record log that a header proves which the
 * genesis' validators signed; the header may be of any age, since what is in the log stays.
 * @throws SdkError `receipt-invalid` (the acceptance), `untrusted-header`, `stale-header` (from the future),
 *   `proof-invalid` (the anchoring)
 * @spec docs/protocol.md §9.1
 */
export function verifyReceipt(receipt: RecordReceipt, trust: ReceiptTrust): VerifiedReceipt {
  const {genesis} = trust;
  const {accepted, custodian} = verifyAccepted(receipt.accepted, genesis);
  if (receipt.anchored === undefined) return {accepted, custodian};
  const {place, anchored} = receipt;
  if (place === undefined) throw new SdkError('proof-invalid', {detail: 'it does not say where the record stands'});
  const material = {proof: fromHex(anchored.proof), signedHeader: anchored.signedHeader};
  return {
    accepted,
    custodian,
    anchored: verifyAnchored(
      material,
      {patient: fromHex(place.patient), index: BigInt(place.index)},
      {...trust, accepted},
    ),
  };
}

function verifyAccepted(text: string, genesis: ParsedGenesis): {accepted: Accepted; custodian: string} {
  try {
    const signed = decodeCanonical(SignedAcceptedSchema, fromHex(text));
    const key = signed.signature;
    if (key?.alg !== ALG_ES256K) throw new RangeError('it is not signed');
    const accepted = openAccepted(signed, key);
    if (accepted.chainId !== genesis.chainId)
      throw new SdkError('receipt-invalid', {
        detail: otherLedger(accepted.chainId, genesis),
        meta: {reason: 'wrong-chain'},
      });
    const organisation = organisationFromGenesis(genesis.genesis, accepted.organisation);
    const slot = slotOf(Number(accepted.acceptedAtMs / 1000n));
    const known = keysOfRole(organisation, 'ingest', slot).some((one) => equalBytes(one.publicKey, key.publicKey));
    if (!known) throw new RangeError(`the key that signed it was no ingest key of ${organisation.name}`);
    return {accepted, custodian: organisation.name};
  } catch (cause) {
    const meta = cause instanceof SdkError ? cause.meta : {};
    throw new SdkError('receipt-invalid', {detail: reasonOf(cause), meta, cause});
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof NotCanonicalError) return 'it is damaged';
  if (cause instanceof EnvelopeError)
    return cause.code === 'bad-signature' ? 'the signature of the acceptance is wrong' : 'it is damaged';
  if (cause instanceof SdkError) return cause.detail ?? cause.code;
  return cause instanceof Error ? cause.message : 'not a receipt';
}

function verifyAnchored(
  material: ProofMaterial,
  {patient, index}: {patient: Uint8Array; index: bigint},
  {genesis, now, accepted}: ReceiptTrust & {accepted: Accepted},
) {
  const {answer, header} = verifyMaterial(material, genesis, {now, maxHeaderAgeMs: 'any-age'});
  const bytes = answer.leaf(STATE_KIND.recordLog, patient, index);
  if (bytes === undefined)
    throw new SdkError('proof-invalid', {detail: `no leaf ${index} of this patient's record log is proven`});
  const leaf = decodeCanonical(RecordLeafSchema, bytes);
  if (leaf.entry?.entry.case !== 'record') throw new SdkError('proof-invalid', {detail: 'that leaf is no record'});
  const entry = leaf.entry.entry.value;
  const told = decodeCanonical(RecordHeaderSchema, entry.header);
  const same =
    equalBytes(recordIdOf(entry), accepted.recordId) &&
    equalBytes(told.device, accepted.device) &&
    told.registration === accepted.registration &&
    told.sequence === accepted.sequence &&
    equalBytes(leaf.organisation, accepted.organisation);
  if (!same) throw new SdkError('proof-invalid', {detail: 'another record than the accepted one is anchored there'});
  return {index: leaf.index, height: leaf.height, txId: toHex(leaf.txId), header};
}

function recordIdOf({header, ciphertextHash, innerKeyHash, sealedKeyHash}: RecordEntry): Uint8Array {
  return recordId({header, ciphertextHash, innerKeyHash, sealedKeyHash});
}
