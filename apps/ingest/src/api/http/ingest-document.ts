import type {ErrorCode} from '@vitalvault/errors';
import {anyHexText, decimalText, openApiDocument} from '@vitalvault/http';
import type {Route} from '@vitalvault/http';
import {z} from 'zod';
import {patientParams, receiptParams, statementsQuery} from './path.dto.js';
import {receiptAnswer, recordsAnswer} from './record-answer.js';
import {RECORD_TYPES} from './record-body.js';
import {SKIP_TYPE} from './skips.controller.js';

const AWAY: readonly ErrorCode[] = ['policy-unavailable', 'storage-unavailable'];
const NOT_DURABLE: readonly ErrorCode[] = [...AWAY, 'bus-unavailable', 'storage-behind', 'shutting-down', 'behind'];
const WRONG_MESSAGE: readonly ErrorCode[] = [
  'invalid-field',
  'unknown-field',
  'wrong-version',
  'wrong-chain',
  'digest-mismatch',
  'record-signature',
  'unknown-device',
  'wrong-tag',
  'quota-exceeded',
  'sequence-conflict',
  'sequence-too-far',
];
const LOCATION = {Location: 'Address of the receipt.'};

const routes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/records',
    operationId: 'postRecords',
    summary: 'Takes sealed records of a device: durable before it answers.',
    body: {
      bytes: RECORD_TYPES,
      description: 'PostedRecord, or PostedRecords of at most 1 MiB (docs/protocol.md §3.3).',
    },
    answers: {
      202: {
        description: 'Every record is durable.',
        json: recordsAnswer,
        headers: {Location: 'Address of the receipt, of one record alone.'},
      },
      207: {description: 'Some of several records are refused; each says how.', json: recordsAnswer},
    },
    errors: [
      ...WRONG_MESSAGE,
      'device-removed',
      'slot-out-of-range',
      'unknown-epoch',
      'unknown-release-key',
      ...NOT_DURABLE,
    ],
  },
  {
    method: 'post',
    path: '/v1/skips',
    operationId: 'postSkip',
    summary: 'Takes a number that a device gives up.',
    body: {bytes: [SKIP_TYPE], description: 'SkipEntry.'},
    answers: {
      202: {
        description: 'Durable.',
        json: z.strictObject({chainId: z.string(), status: z.literal('accepted')}),
        headers: LOCATION,
      },
    },
    errors: [...WRONG_MESSAGE, 'device-removed', ...NOT_DURABLE],
  },
  {
    method: 'get',
    path: '/v1/receipts/{device}/{registration}/{sequence}',
    operationId: 'getReceipt',
    summary: 'What became of the record with this number.',
    params: receiptParams,
    answers: {200: {description: 'Its state.', json: receiptAnswer}},
    errors: ['receipt-not-found', ...AWAY],
  },
  {
    method: 'get',
    path: '/v1/patients/{patient}/epoch-statements',
    operationId: 'listEpochStatements',
    summary: 'The signed epochs of a patient, for her devices.',
    params: patientParams,
    query: statementsQuery,
    answers: {
      200: {
        description: 'Canonical SignedEpochStatements.',
        json: z.strictObject({statements: z.array(anyHexText), atHeight: decimalText}),
      },
    },
    errors: ['behind', ...AWAY],
  },
  {
    method: 'get',
    path: '/v1/time',
    operationId: 'getTime',
    summary: "The custodian's clock, for devices that have none.",
    answers: {
      200: {description: 'Unix milliseconds and the slot.', json: z.strictObject({unixMs: decimalText, slot: z.int()})},
    },
    errors: [],
  },
];

export const ingestDocument = openApiDocument({
  title: 'VitalVault ingest',
  description: "Where a patient's devices send their sealed records (docs/protocol.md §3, §8).",
  routes,
});
