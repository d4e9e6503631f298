import {openApiDocument} from '@vitalvault/http';
import type {Route} from '@vitalvault/http';
import {statusAnswer, statusParams} from './record-status.dto.js';
import {releaseBody} from './release-body.dto.js';
import {RELEASE_TYPE} from './releases.controller.js';

const routes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/releases',
    operationId: 'releaseRecords',
    summary: 'Hands out a page of what a committed decision permits: log before key (docs/protocol.md §7).',
    signedBy: 'the key that signed the access request',
    body: {json: releaseBody},
    answers: {200: {description: 'ReleasePage: sealed keys and ciphertexts.', bytes: [RELEASE_TYPE]}},
    errors: [
      'not-yours',
      'access-refused',
      'permit-ended',
      'tx-not-found',
      'release-mismatch',
      'release-limit',
      'record-lost',
      'behind',
      'not-verified',
      'ipfs-unavailable',
      'policy-unavailable',
      'notify-unavailable',
      'ledger-unavailable',
      'shutting-down',
    ],
  },
  {
    method: 'get',
    path: '/v1/records/{recordId}/status',
    operationId: 'getRecordStatus',
    summary: 'What became of a record; no data, so anyone may ask.',
    params: statusParams,
    answers: {200: {description: 'Its state.', json: statusAnswer}},
    errors: ['receipt-not-found', 'database-unavailable'],
  },
];

export const storageDocument = openApiDocument({
  title: 'VitalVault storage',
  description: 'Where permitted readers fetch sealed records (docs/protocol.md §7, §8).',
  routes,
});
