import {codeName, encodeCanonical, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {toProblem} from '@vitalvault/errors';
import {currentTraceId} from '@vitalvault/process';
import {anyHexText, decimalText, hexText, problemSchema, uint32} from '@vitalvault/http';
import {z} from 'zod';
import type {RecordOutcome} from '../../application/accept-records.js';
import type {RecordStatus} from '../../application/ports.js';

/** One entry of the answer to POST /v1/records. */
const recordAnswer = z.strictObject({
  status: z.enum(['accepted', 'duplicate', 'refused']),
  recordId: hexText(32).optional(),
  receipt: anyHexText.optional().describe('Canonical bytes of the SignedAccepted.'),
  location: z.string().optional().describe('Address of its receipt.'),
  problem: problemSchema.optional(),
});

export const recordsAnswer = z.strictObject({chainId: z.string(), records: z.array(recordAnswer)});

export const receiptAnswer = z.strictObject({
  state: z.enum(['accepted', 'stored', 'anchored', 'refused', 'skipped']),
  recordId: z
    .string()
    .regex(/^([0-9a-f]{64})?$/)
    .describe('Empty for a number that was given up without a record.'),
  receipt: anyHexText.optional().describe('Canonical bytes of the SignedAccepted.'),
  cid: z.string().optional(),
  replicas: uint32.optional(),
  height: decimalText.optional(),
  txId: hexText(32).optional(),
  logIndex: decimalText.optional(),
  waitsFor: decimalText
    .optional()
    .describe('Number of the same device that has to be anchored or given up before the ledger takes this one.'),
  refusal: z.strictObject({code: uint32.min(1), name: z.string()}).optional(),
});

export function toRecordAnswer(outcome: RecordOutcome): z.infer<typeof recordAnswer> {
  const recordId = outcome.record === undefined ? {} : {recordId: toHex(outcome.record.recordId)};
  if (outcome.status === 'refused')
    return {status: 'refused', ...recordId, problem: toProblem(outcome.problem, currentTraceId())};
  const receipt = toHex(encodeCanonical(SignedAcceptedSchema, outcome.receipt));
  return {status: outcome.status, ...recordId, receipt, location: `/v1/receipts/${outcome.record.number}`};
}

/** Answer of GET /v1/receipts/…: bytes in hexadecimal, 64-bit numbers as decimal strings. */
export function toReceiptAnswer(status: RecordStatus): z.infer<typeof receiptAnswer> {
  const {recordId, state, receipt, cid, replicas, height, txId, logIndex, refusalCode, waitsFor} = status;
  return {
    state,
    recordId: toHex(recordId),
    ...(receipt === undefined ? {} : {receipt: toHex(encodeCanonical(SignedAcceptedSchema, receipt))}),
    ...(cid === undefined ? {} : {cid, replicas}),
    ...(height === undefined ? {} : {height: height.toString()}),
    ...(txId === undefined ? {} : {txId: toHex(txId)}),
    ...(logIndex === undefined ? {} : {logIndex: logIndex.toString()}),
    ...(waitsFor === undefined ? {} : {waitsFor: waitsFor.toString()}),
    ...(refusalCode === undefined ? {} : {refusal: {code: refusalCode, name: codeName(refusalCode)}}),
  };
}
