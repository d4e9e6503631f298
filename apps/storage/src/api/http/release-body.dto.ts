import {hexText} from '@vitalvault/http';
import {z} from 'zod';

export const releaseBody = z.strictObject({
  txId: hexText(32).describe('Transaction of the access request.'),
  page: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('`nextPage` of the page before; left out: the first.'),
});
export type ReleaseBody = z.infer<typeof releaseBody>;
