import {Controller, Header, HttpCode, Inject, Post, Req, Res, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodBody} from '@vitalvault/nest-service';
import type {Caller, RawBodyRequest} from '@vitalvault/nest-service';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {z} from 'zod';
import {ReleaseRecords} from '../../application/release-records.js';
import {signedRequestBytes} from './signed-request.js';

const body = z.strictObject({txId: z.string().regex(/^[0-9a-f]{64}$/), page: z.string().regex(/^\d{1,18}$/).optional()});

/** Hands out what a committed decision permits, a page at a time. */
@Controller('v1/releases')
@UseGuards(RequestSignatureGuard)
export class ReleasesController {
  constructor(@Inject(ReleaseRecords) private readonly release: ReleaseRecords) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async post(@ZodBody(body) {txId, page}: z.infer<typeof body>, @SignedBy() caller: Caller, @Req() request: FastifyRequest & RawBodyRequest, @Res({passthrough: true}) reply: FastifyReply): Promise<Buffer> {
    const bytes = await this.release.execute({txId, page, callerKeyId: caller.keyId, signedRequest: signedRequestBytes(request)});
    // Not before: an error has a type of its own.
    void reply.type('application/vnd.vitalvault.release.v1+protobuf');
    return Buffer.from(bytes);
  }
}
