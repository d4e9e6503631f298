import {decodeCanonical, toHex} from '@vitalvault/contracts';
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

/** Joins question and decision (`data` of the transaction's result). */
export function ticketOf(
  question: AccessQuestion,
  result: {txId: string; height: bigint; data: Uint8Array},
  readerPrivateKey: Uint8Array,
): AccessTicket {
  const decision = decodeCanonical(DecisionSchema, result.data);
  return {
    ...question,
    txId: result.txId,
    height: String(result.height),
    readerPrivateKey: toHex(readerPrivateKey),
    permit: decision.permit,
    logIndex: String(decision.index),
    recordLogSize: String(decision.recordLogSize),
    grantVersion: decision.grantVersion,
    releaseUntilHeight: String(decision.releaseUntilHeight),
    releaseUntilTime: String(decision.releaseUntilTime),
  };
}
