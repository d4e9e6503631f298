import {Controller, Get, HttpCode, HttpStatus, Inject, Put, Res, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodParams, ZodQuery} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import type {FastifyReply} from 'fastify';
import {positionAtLeast} from '../../application/freshness.js';
import {KeepDetails} from '../../application/keep-details.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {BinaryBody, sendBytes} from './binary-body.js';
import {atLeastQuery, transactionPath} from './path.dto.js';
import type {AtLeastQuery, TransactionPath} from './path.dto.js';

export const OCTETS = 'application/octet-stream';

/** Sealed words of a reader to the patient about one request. */
@Controller('v1/transactions/:txId/details')
@UseGuards(RequestSignatureGuard)
export class DetailsController {
  constructor(
    @Inject(KeepDetails) private readonly details: KeepDetails,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Put()
  @HttpCode(HttpStatus.NO_CONTENT)
  async put(
    @ZodParams(transactionPath) {txId}: TransactionPath,
    @SignedBy() caller: Caller,
    @BinaryBody(OCTETS) sealed: Uint8Array,
  ): Promise<void> {
    await this.details.deposit(txId, caller.identity, sealed);
  }

  @Get()
  async get(
    @ZodParams(transactionPath) {txId}: TransactionPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
    @SignedBy() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await positionAtLeast(this.projection, atLeast);
    sendBytes(reply, OCTETS, await this.details.fetch(txId, caller.identity));
  }
}
