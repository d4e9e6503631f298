import {Controller, Get, HttpCode, HttpStatus, Inject, Post, Res} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {ZodParams, ZodQuery} from '@vitalvault/http';
import type {FastifyReply} from 'fastify';
import {positionAtLeast} from '../../application/freshness.js';
import {SubmitTransaction} from '../../application/submit-transaction.js';
import {CHAIN_ID, PROJECTION} from '../../policy.tokens.js';
import type {Projection} from '../../application/ports.js';
import {BinaryBody, protobufType} from './binary-body.js';
import {atLeastQuery, transactionPath, waitQuery} from './path.dto.js';
import type {AtLeastQuery, TransactionPath, WaitQuery} from './path.dto.js';
import {fromOutcome} from './transaction-answer.js';
import type {SentAnswer, TransactionAnswer} from './transaction-answer.js';

export const TX = protobufType('tx');

/** Transactions: anyone may send one, it carries its signatures itself. */
@Controller('v1/transactions')
export class TransactionsController {
  constructor(
    @Inject(SubmitTransaction) private readonly submit: SubmitTransaction,
    @Inject(PROJECTION) private readonly projection: Projection,
    @Inject(CHAIN_ID) private readonly chainId: string,
  ) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  async send(
    @BinaryBody(TX) bytes: Uint8Array,
    @ZodQuery(waitQuery) query: WaitQuery,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<TransactionAnswer | SentAnswer> {
    if (query.wait === 'committed') return fromOutcome(await this.submit.andWait(bytes), this.chainId);
    const txId = await this.submit.only(bytes);
    void reply.status(HttpStatus.ACCEPTED);
    return {chainId: this.chainId, txId};
  }

  @Get(':txId')
  async find(
    @ZodParams(transactionPath) {txId}: TransactionPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
  ): Promise<TransactionAnswer> {
    await positionAtLeast(this.projection, atLeast);
    const outcome = await this.projection.transaction(txId);
    if (outcome === undefined) throw new DomainError('tx-not-found');
    return fromOutcome(outcome, this.chainId);
  }
}
