import {Controller, Header, HttpCode, Inject, Post, Req, Res, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodBody} from '@vitalvault/http';
import type {Caller, RawBodyRequest} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {ReleaseRecords} from '../../application/release-records.js';
import {releaseBody} from './release-body.dto.js';
import type {ReleaseBody} from './release-body.dto.js';
import {signedRequestBytes} from './signed-request.js';

export const RELEASE_TYPE = 'application/vnd.vitalvault.release.v1+protobuf';

/** Hands out what a committed decision permits, a page at a time. */
@Controller('v1/releases')
@UseGuards(RequestSignatureGuard)
export class ReleasesController {
  constructor(@Inject(ReleaseRecords) private readonly release: ReleaseRecords) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async post(
    @ZodBody(releaseBody) {txId, page}: ReleaseBody,
    @SignedBy() caller: Caller,
    @Req() request: FastifyRequest & RawBodyRequest,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<Buffer> {
    const bytes = await this.release.execute({
      txId,
      page,
      callerKeyId: caller.keyId,
      signedRequest: signedRequestBytes(request),
    });
    // Not before: an error has a type of its own.
    void reply.type(RELEASE_TYPE);
    return Buffer.from(bytes);
  }
}
