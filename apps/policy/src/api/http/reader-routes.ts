import type {Route} from '@vitalvault/http';
import {z} from 'zod';
import {OCTETS} from './details.controller.js';
import {PROFILE} from './members.controller.js';
import {atLeastQuery, complaintBody, memberPath, transactionPath} from './path.dto.js';

/** What members are, and what readers tell the patient. */
export const readerRoutes: readonly Route[] = [
  {
    method: 'put',
    path: '/v1/members/{member}/profile',
    operationId: 'putProfile',
    summary: 'Who a member is, as her organisation signed it.',
    params: memberPath,
    body: {bytes: [PROFILE], description: 'SignedMemberProfile.'},
    answers: {204: {description: 'Kept.'}},
    errors: ['unknown-field', 'not-found', 'behind', 'database-unavailable'],
  },
  {
    method: 'get',
    path: '/v1/members/{member}/profile',
    operationId: 'getProfile',
    summary: 'Who a member is.',
    signedBy: 'any identity of the ledger',
    params: memberPath,
    query: atLeastQuery,
    answers: {200: {description: 'SignedMemberProfile.', bytes: [PROFILE]}},
    errors: ['not-found', 'behind'],
  },
  {
    method: 'put',
    path: '/v1/transactions/{txId}/details',
    operationId: 'putDetails',
    summary: 'Sealed words to the patient about one request.',
    signedBy: 'the reader',
    params: transactionPath,
    body: {bytes: [OCTETS], description: 'Sealed to the patient (docs/protocol.md §1.5); its hash is in the request.'},
    answers: {204: {description: 'Kept.'}},
    errors: ['not-yours', 'tx-not-found'],
  },
  {
    method: 'get',
    path: '/v1/transactions/{txId}/details',
    operationId: 'getDetails',
    summary: 'What the reader said about her request.',
    signedBy: 'the patient',
    params: transactionPath,
    query: atLeastQuery,
    answers: {200: {description: 'As it was left.', bytes: [OCTETS]}},
    errors: ['not-yours', 'tx-not-found', 'not-found', 'behind'],
  },
  {
    method: 'post',
    path: '/v1/complaints',
    operationId: 'complain',
    summary: "What a reader's client found wrong; the patient is alerted.",
    signedBy: 'a reader with a permit',
    body: {json: complaintBody},
    answers: {202: {description: 'Durable.', json: z.strictObject({status: z.literal('accepted')})}},
    errors: ['not-yours', 'tx-not-found', 'access-refused'],
  },
];
