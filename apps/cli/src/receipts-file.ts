import type {RecordReceipt} from '@vitalvault/sdk';
import {z} from 'zod';
import {CliError} from './cli-error.js';
import {readPaper, writePaper} from './exchange.js';

const hex = z.string().regex(/^([0-9a-f]{2})+$/);
const receipts = z
  .array(
    z.strictObject({
      accepted: hex,
      place: z.strictObject({patient: hex.length(40), index: z.string().regex(/^\d{1,20}$/)}).optional(),
      anchored: z.strictObject({proof: hex, signedHeader: z.looseObject({})}).optional(),
    }),
  )
  .min(1);

export function writeReceipts(path: string | undefined, list: readonly RecordReceipt[]): void {
  writePaper(path, 'receipts', {receipts: list});
}

/** @throws CliError `paper-wrong` */
export function readReceipts(path: string): RecordReceipt[] {
  const parsed = receipts.safeParse(readPaper(path, 'receipts')['receipts']);
  if (!parsed.success)
    throw new CliError('paper-wrong', `${path} holds no receipts.`, {
      remedy:
        'Use the file that `vv device post --receipts`, `vv device receipts` or `vv patient prove-receipts` wrote.',
    });
  return parsed.data;
}
