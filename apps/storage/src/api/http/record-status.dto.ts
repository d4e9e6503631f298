import {codeName, toHex} from '@vitalvault/contracts';
import {anyHexText, decimalText, hexText, uint32} from '@vitalvault/http';
import {z} from 'zod';
import type {RecordStatus} from '../../application/ports.js';

export const statusAnswer = z.strictObject({
  state: z.enum(['accepted', 'stored', 'anchored', 'refused', 'skipped']),
  recordId: hexText(32),
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

/** A record's receipt as HTTP shows it (docs/protocol.md §8.1). */
export function toStatusJson(status: RecordStatus): z.infer<typeof statusAnswer> {
  const {state, recordId, receipt, cid, replicas, height, txId, logIndex, refusalCode, waitsFor} = status;
  return {
    state,
    recordId,
    receipt: receipt === undefined ? undefined : toHex(receipt),
    cid,
    replicas,
    txId,
    height: height?.toString(),
    logIndex: logIndex?.toString(),
    waitsFor: waitsFor?.toString(),
    ...(refusalCode === undefined ? {} : {refusal: {code: refusalCode, name: codeName(refusalCode)}}),
  };
}
