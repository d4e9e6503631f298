import type {ErrorCode} from '@vitalvault/errors';
import type {Route} from '@vitalvault/http';
import {PROOF_REQUEST} from './chain.controller.js';
import {atLeastQuery, heightPath, transactionPath, validatorQuery, waitQuery} from './path.dto.js';
import {headerAnswer, proofsAnswer} from './proofs-answer.js';
import {sentAnswer, transactionAnswer} from './transaction-answer.js';
import {TX} from './transactions.controller.js';

/** What asking a validator can end with. */
export const LEDGER_AWAY: readonly ErrorCode[] = ['ledger-unavailable', 'not-verified', 'behind', 'shutting-down'];

/** Transactions, headers and proofs: the ledger as anybody reaches it through this organisation. */
export const ledgerRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/transactions',
    operationId: 'sendTransaction',
    summary: 'Sends a signed transaction to the ledger; the same bytes again give the same answer.',
    query: waitQuery,
    body: {bytes: [TX], description: 'Tx (docs/protocol.md §4).'},
    answers: {
      200: {description: 'It is in a block, with code 0.', json: transactionAnswer},
      202: {description: '`wait=none`: a mempool has it.', json: sentAnswer},
    },
    errors: [
      'unknown-field',
      'wrong-version',
      'wrong-chain',
      'tx-refused',
      'tx-timeout',
      'ledger-unavailable',
      'shutting-down',
      'database-unavailable',
    ],
  },
  {
    method: 'get',
    path: '/v1/transactions/{txId}',
    operationId: 'getTransaction',
    summary: 'What became of a transaction.',
    params: transactionPath,
    query: atLeastQuery,
    answers: {200: {description: 'It is in a block, with code 0.', json: transactionAnswer}},
    errors: ['tx-not-found', 'tx-refused', 'behind', 'database-unavailable'],
  },
  {
    method: 'get',
    path: '/v1/chain/{height}',
    operationId: 'getHeader',
    summary: 'A header with its signatures, as one validator has it.',
    params: heightPath,
    query: validatorQuery,
    answers: {200: {description: 'Not verified: whoever asks verifies it from the genesis.', json: headerAnswer}},
    errors: ['not-found', ...LEDGER_AWAY],
  },
  {
    method: 'post',
    path: '/v1/proofs',
    operationId: 'prove',
    summary: 'State and log proofs of one height.',
    signedBy: 'any identity of the ledger; logs are given to their patient only',
    query: validatorQuery,
    body: {bytes: [PROOF_REQUEST], description: 'ProofRequest (docs/protocol.md §5.5).'},
    answers: {200: {description: 'Not verified: whoever asks verifies it from the genesis.', json: proofsAnswer}},
    errors: ['unknown-field', 'not-yours', ...LEDGER_AWAY],
  },
];
