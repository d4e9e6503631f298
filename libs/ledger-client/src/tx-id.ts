import {decodeCanonical, taggedHash, toHex} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** Transaction id T("tx", body) of a transaction's bytes in hex, or undefined when they are no transaction. */
export function txIdOf(tx: Uint8Array): string | undefined {
  try {
    return toHex(taggedHash('tx', decodeCanonical(TxSchema, tx).body));
  } catch {
    return undefined;
  }
}
