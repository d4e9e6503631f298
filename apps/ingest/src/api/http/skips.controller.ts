import {Controller, Inject, Req, Res} from '@nestjs/common';
import {Serves, Strangers, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {z} from 'zod';
import {AcceptSkip} from '../../application/accept-skip.js';
import {CHAIN_ID} from '../../ingest.tokens.js';
import {askAs} from './ask-as.js';
import {checkOptionalDigest} from './optional-digest.js';
import {NOT_DURABLE, WRONG_MESSAGE} from './possible-codes.js';

const postSkip = route({
  method: 'post',
  path: '/v1/skips',
  operationId: 'postSkip',
  summary: 'Takes a number that a device gives up.',
  body: {bytes: ['application/vnd.vitalvault.skip.v1+protobuf'], description: 'SkipEntry.'},
  answers: {
    202: {
      description: 'Durable.',
      json: z.strictObject({chainId: z.string(), status: z.literal('accepted')}),
      headers: {Location: 'Address of the receipt.'},
    },
  },
  errors: [...WRONG_MESSAGE, ...NOT_DURABLE],
});

@Controller()
export class SkipsController {
  constructor(
    private readonly accept: AcceptSkip,
    @Inject(CHAIN_ID) private readonly chainId: string,
    private readonly strangers: Strangers,
  ) {}

  @Serves(postSkip)
  async post(
    {body}: RequestOf<typeof postSkip>,
    @Req() request: FastifyRequest,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<AnswerOf<typeof postSkip>> {
    checkOptionalDigest(request, body);
    const number = await this.accept.execute(body, askAs(request, this.strangers));
    void reply.header('location', `/v1/receipts/${number}`);
    return {chainId: this.chainId, status: 'accepted'};
  }
}
