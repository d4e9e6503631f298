import {fromHex} from '@vitalvault/contracts';
import {z} from 'zod';

const identity = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .transform(fromHex);
const uint32 = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .refine((value) => value < 2 ** 32, 'above 32 bits');
const uint63 = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .transform(BigInt)
  .refine((value) => value < 2n ** 63n, 'above 63 bits');
const height = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);

export const receiptParams = z.strictObject({device: identity, registration: uint32, sequence: uint63});
export type ReceiptParams = z.infer<typeof receiptParams>;

export const patientParams = z.strictObject({patient: identity});
export type PatientParams = z.infer<typeof patientParams>;

export const statementsQuery = z.strictObject({
  typeTag: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .transform(fromHex)
    .optional(),
  atLeast: height.optional(),
});
export type StatementsQuery = z.infer<typeof statementsQuery>;
