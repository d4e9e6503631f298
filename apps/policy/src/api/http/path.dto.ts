import {STATE_KIND} from '@vitalvault/contracts';
import {hexText as hex} from '@vitalvault/http';
import {z} from 'zod';

/** A uint64 as text; anything longer could not be a height of ours. */
const uint64 = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);
const validator = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number)
  .optional()
  .describe("Which of the organisation's RPCs is to answer, from 0; left out: whichever does.");

export const identity = hex(20);
export const txId = hex(32);

/** Reads take `atLeast`: never an answer from an older state. */
export const atLeastQuery = z.strictObject({atLeast: uint64.optional()});
export const patientPath = z.strictObject({patient: identity});
export const grantPath = z.strictObject({patient: identity, grantId: hex(16)});
export const leafPath = z.strictObject({patient: identity, index: uint64});
export const memberPath = z.strictObject({member: identity});
export const transactionPath = z.strictObject({txId});
export const heightPath = z.strictObject({
  height: z.union([
    z.literal('latest'),
    z
      .string()
      .regex(/^[1-9]\d{0,17}$/)
      .transform(BigInt),
  ]),
});
export const validatorQuery = z.strictObject({validator});
export const waitQuery = z.strictObject({wait: z.enum(['committed', 'none']).default('committed')});
export const logPath = z.strictObject({
  patient: identity,
  log: z
    .enum(['access-log', 'record-log'])
    .transform((name) => (name === 'access-log' ? STATE_KIND.accessLog : STATE_KIND.recordLog)),
});
export const logQuery = z.strictObject({
  from: uint64.prefault('0'),
  limit: z
    .string()
    .regex(/^(1000|[1-9]\d{0,2})$/)
    .transform(Number)
    .prefault('1000')
    .describe('1 to 1,000.'),
  validator,
});
export const complaintBody = z.strictObject({txId, recordId: hex(32), finding: z.string().min(1).max(1_000)});

export type AtLeastQuery = z.infer<typeof atLeastQuery>;
export type PatientPath = z.infer<typeof patientPath>;
export type GrantPath = z.infer<typeof grantPath>;
export type LeafPath = z.infer<typeof leafPath>;
export type MemberPath = z.infer<typeof memberPath>;
export type TransactionPath = z.infer<typeof transactionPath>;
export type HeightPath = z.infer<typeof heightPath>;
export type ValidatorQuery = z.infer<typeof validatorQuery>;
export type WaitQuery = z.infer<typeof waitQuery>;
export type LogPath = z.infer<typeof logPath>;
export type LogQuery = z.infer<typeof logQuery>;
export type ComplaintBody = z.infer<typeof complaintBody>;
