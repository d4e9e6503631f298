import {Controller, HttpStatus, Inject, Res} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {Serves, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import type {FastifyReply} from 'fastify';
import {z} from 'zod';
import {positionAtLeast} from '../../application/freshness.js';
import {SubmitTransaction} from '../../application/submit-transaction.js';
import {CHAIN_ID, PROJECTION} from '../../policy.tokens.js';
import type {Projection} from '../../application/ports.js';
import {atLeastQuery, transactionPath} from './path.dto.js';
import {protobufType} from './protobuf-type.js';
import {fromOutcome, sentAnswer, transactionAnswer} from './transaction-answer.js';

const sendTransaction = route({
  method: 'post',
  path: '/v1/transactions',
  operationId: 'sendTransaction',
  summary: 'Sends a signed transaction to the ledger; the same bytes again give the same answer.',
  query: z.strictObject({wait: z.enum(['committed', 'none']).default('committed')}),
  body: {bytes: [protobufType('tx')], description: 'Tx (docs/protocol.md §4).'},
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
    'follower-stopped',
    'ledger-unavailable',
    'shutting-down',
    'database-unavailable',
  ],
});

const getTransaction = route({
  method: 'get',
  path: '/v1/transactions/{txId}',
  operationId: 'getTransaction',
  summary: 'What became of a transaction.',
  params: transactionPath,
  query: atLeastQuery,
  answers: {200: {description: 'It is in a block, with code 0.', json: transactionAnswer}},
  errors: ['tx-not-found', 'tx-refused', 'behind', 'follower-stopped', 'database-unavailable'],
});

/** Transactions: anyone may send one, it carries its signatures itself. */
@Controller()
export class TransactionsController {
  constructor(
    @Inject(SubmitTransaction) private readonly submit: SubmitTransaction,
    @Inject(PROJECTION) private readonly projection: Projection,
    @Inject(CHAIN_ID) private readonly chainId: string,
  ) {}

  @Serves(sendTransaction)
  async send(
    {query: {wait}, body}: RequestOf<typeof sendTransaction>,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<AnswerOf<typeof sendTransaction>> {
    const {txId, outcome} = await this.submit.execute(body, {wait: wait === 'committed'});
    if (outcome !== undefined) return fromOutcome(outcome, this.chainId);
    void reply.status(HttpStatus.ACCEPTED);
    return {chainId: this.chainId, txId};
  }

  @Serves(getTransaction)
  async find({
    params: {txId},
    query: {atLeast},
  }: RequestOf<typeof getTransaction>): Promise<AnswerOf<typeof getTransaction>> {
    await positionAtLeast(this.projection, atLeast);
    const outcome = await this.projection.transaction(txId);
    if (outcome === undefined) throw new DomainError('tx-not-found');
    return fromOutcome(outcome, this.chainId);
  }
}
