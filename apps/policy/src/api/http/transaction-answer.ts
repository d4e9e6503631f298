import {codeName, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';

/** What an executed transaction is answered with; height and txId are the consistency token. */
export interface TransactionAnswer {
  readonly chainId: string;
  readonly height: string;
  readonly txId: string;
  readonly code: number;
  readonly codeName: string;
  readonly data: string;
}

/** @throws DomainError tx-refused when its code is not 0 */
export function fromOutcome({txId, height, code, data}: TransactionOutcome, chainId: string): TransactionAnswer {
  const name = codeName(code);
  if (code !== 0) throw new DomainError('tx-refused', {detail: `Code ${code}, ${name}.`, meta: {code, codeName: name, txId, height: String(height)}});
  return {chainId, height: String(height), txId, code, codeName: name, data: toHex(data)};
}
