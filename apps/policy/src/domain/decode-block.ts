import {NotCanonicalError, isCode, isUnread} from '@vitalvault/contracts';
import {decodeTransaction} from './decode-transaction.js';
import {ProjectionFault} from './projection-fault.js';
import type {DecodedTransaction} from './decode-transaction.js';

/** A transaction with what the ledger answered to it. */
export interface BlockTransaction extends DecodedTransaction {
  /** Place in the block, from 0. */
  readonly index: number;
  readonly code: number;
  readonly data: Uint8Array;
}

/** A block with those of its transactions that have an id. */
export interface DecodedBlock {
  readonly height: bigint;
  readonly timeSeconds: bigint;
  readonly transactions: readonly BlockTransaction[];
}

/**
 * The transactions of a block in order. Bytes that the ledger could not read keep their place but are left out: they
 * have no effect and no id.
 * @throws NotCanonicalError for bytes that the ledger read and this program cannot; ProjectionFault for a result code
 *   that it does not know: whether that outcome is final, it cannot say
 */
export function decodeBlock(block: {
  readonly transactions: readonly {readonly bytes: Uint8Array; readonly code: number; readonly data: Uint8Array}[];
}): BlockTransaction[] {
  return block.transactions.flatMap(({bytes, code, data}, index) => {
    if (!isCode(code)) throw new ProjectionFault(`result code ${code} is not known`);
    const decoded = decodeOrSkip(bytes, code);
    return decoded === undefined ? [] : [{...decoded, index, code, data}];
  });
}

function decodeOrSkip(bytes: Uint8Array, code: number): DecodedTransaction | undefined {
  try {
    return decodeTransaction(bytes);
  } catch (error) {
    if (error instanceof NotCanonicalError && isUnread(code)) return undefined;
    throw error;
  }
}
