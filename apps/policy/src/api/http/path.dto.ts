import {hexText} from '@vitalvault/http';
import {z} from 'zod';

/** A uint64 as text; anything longer could not be a height of ours. */
export const uint64 = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);
export const validator = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number)
  .optional()
  .describe("Which of the organisation's RPCs is to answer, from 0; left out: whichever does.");

/** Reads take `atLeast`: never an answer from an older state. */
export const atLeastQuery = z.strictObject({atLeast: uint64.optional()});
export const validatorQuery = z.strictObject({validator});
export const transactionPath = z.strictObject({txId: hexText(32)});
export const heightPath = z.strictObject({
  height: z.union([
    z.literal('latest'),
    z
      .string()
      .regex(/^[1-9]\d{0,17}$/)
      .transform(BigInt),
  ]),
});
