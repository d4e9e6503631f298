import {LIMITS, decodeCanonical, toHex, transactionId} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** Transaction id of a transaction's bytes in hex, or undefined when they are no transaction. */
export function txIdOf(tx: Uint8Array): string | undefined {
  try {
    const {body, signatures} = decodeCanonical(TxSchema, tx, LIMITS.txFields);
    return toHex(transactionId(body, signatures));
  } catch {
    return undefined;
  }
}
