import {Controller, HttpCode, Inject, Post, Req, Res} from '@nestjs/common';
import type {RawBodyRequest} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {AcceptSkip} from '../../application/accept-skip.js';
import {CHAIN_ID} from '../../ingest.tokens.js';
import {bytesOfType} from './record-body.js';

export const SKIP_TYPE = 'application/vnd.vitalvault.skip.v1+protobuf';

@Controller('v1/skips')
export class SkipsController {
  constructor(
    private readonly accept: AcceptSkip,
    @Inject(CHAIN_ID) private readonly chainId: string,
  ) {}

  @Post()
  @HttpCode(202)
  async post(
    @Req() request: FastifyRequest & RawBodyRequest,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<{chainId: string; status: 'accepted'}> {
    const number = await this.accept.execute(bytesOfType(request, [SKIP_TYPE]).body);
    void reply.header('location', `/v1/receipts/${number}`);
    return {chainId: this.chainId, status: 'accepted'};
  }
}
