import {STATE_KIND} from '@vitalvault/contracts';
import {z} from 'zod';

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${String(bytes * 2)}}$`));
/** A uint64 as text; anything longer could not be a height of ours. */
const uint64 = z.string().regex(/^\d{1,18}$/).transform(BigInt);
const count = z.coerce.number().int().min(0).max(99).optional();

export const identity = hex(20);
export const txId = hex(32);

/** Reads take `atLeast`: never an answer from an older state. */
export const atLeastQuery = z.object({atLeast: uint64.optional()});
export const patientPath = z.object({patient: identity});
export const grantPath = z.object({patient: identity, grantId: hex(16)});
export const leafPath = z.object({patient: identity, index: uint64});
export const memberPath = z.object({member: identity});
export const transactionPath = z.object({txId});
export const heightPath = z.object({height: z.union([z.literal('latest'), uint64])});
export const validatorQuery = z.object({validator: count});
export const waitQuery = z.object({wait: z.enum(['committed', 'none']).default('committed')});
export const logPath = z.object({patient: identity, log: z.enum(['access-log', 'record-log']).transform((name) => (name === 'access-log' ? STATE_KIND.accessLog : STATE_KIND.recordLog))});
export const logQuery = z.object({from: uint64.default(0n), limit: z.coerce.number().int().min(1).max(1_000).default(1_000), validator: count});
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
