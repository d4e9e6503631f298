import {codeName, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {anyHexText, decimalText, hexText} from '@vitalvault/http';
import {z} from 'zod';
import type {TransactionOutcome} from '../../domain/transaction-outcome.js';

/** What an executed transaction is answered with; height and txId are the consistency token. */
export const transactionAnswer = z.strictObject({
  chainId: z.string(),
  height: decimalText,
  txId: hexText(32),
  code: z.literal(0),
  codeName: z.string(),
  data: anyHexText.describe('By message: docs/protocol.md §4.3.'),
});

/** What a transaction that was only handed on is answered with. */
export const sentAnswer = z.strictObject({chainId: z.string(), txId: hexText(32)});

/** @throws DomainError tx-refused when its code is not 0 */
export function fromOutcome(
  {txId, height, code, data}: TransactionOutcome,
  chainId: string,
): z.infer<typeof transactionAnswer> {
  const name = codeName(code);
  if (code !== 0)
    throw new DomainError('tx-refused', {
      detail: `Code ${code}, ${name}.`,
      meta: {code, codeName: name, txId, height: String(height)},
    });
  return {chainId, height: String(height), txId, code, codeName: name, data: toHex(data)};
}
