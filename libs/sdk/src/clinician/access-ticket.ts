import {decodeCanonical} from '@vitalvault/contracts';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** What a reader asks for; commits to everything that the decision looks at. */
export interface AccessQuestion {
  /** Patient id, hexadecimal. */
  patient: string;
  /** Absent: she has none. */
  grantId?: string | undefined;
  /** 16 bytes, hexadecimal; 32 zeros: a type she cannot name. */
  typeTag: string;
  /** Name of the type, when the wraps told her. */
  typeName?: string | undefined;
  slotFrom: number;
  slotTo: number;
  purpose: number;
  action: number;
}

/**
 * A request on its way to the ledger, with the one-time key that a release would be sealed to. JSON; keep it like a
 * private key, from before it is sent: it may be permitted although no answer comes.
 */
export interface SentRequest extends AccessQuestion {
  txId: string;
  readerPrivateKey: string;
  /** After this block time (Unix seconds) it cannot be decided any more. */
  expiresAt: number;
  /** Words to the patient, sealed to her; hexadecimal. They are deposited once it is decided. */
  details?: string | undefined;
}

/**
 * A request that the ledger decided, with the one-time key that a release is sealed to. JSON; keep it like a private
 * key.
 */
export interface AccessTicket extends AccessQuestion {
  txId: string;
  /** Decimal. */
  height: string;
  readerPrivateKey: string;
  permit: boolean;
  /** Index in the patient's access log. */
  logIndex: string;
  recordLogSize: string;
  grantVersion: number;
  releaseUntilHeight: string;
  releaseUntilTime: string;
}

/** Joins what was sent and the decision (`data` of the transaction's result). */
export function ticketOf(
  {expiresAt: _, details: __, ...sent}: SentRequest,
  result: {height: bigint; data: Uint8Array},
): AccessTicket {
  const decision = decodeCanonical(DecisionSchema, result.data);
  return {
    ...sent,
    height: String(result.height),
    permit: decision.permit,
    logIndex: String(decision.index),
    recordLogSize: String(decision.recordLogSize),
    grantVersion: decision.grantVersion,
    releaseUntilHeight: String(decision.releaseUntilHeight),
    releaseUntilTime: String(decision.releaseUntilTime),
  };
}
