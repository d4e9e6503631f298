import {fromHex} from '@vitalvault/contracts';
import {hexText} from '@vitalvault/http';
import {z} from 'zod';

export const identity = hexText(20).transform(fromHex);

export const uint32 = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .refine((value) => value < 2 ** 32, 'above 32 bits');
const uint63 = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .transform(BigInt)
  .refine((value) => value < 2n ** 63n, 'above 63 bits');

export const receiptParams = z.strictObject({device: identity, registration: uint32, sequence: uint63});

/** Lists take `atLeast`: never an answer from an older state. */
export const atLeast = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt)
  .optional();
