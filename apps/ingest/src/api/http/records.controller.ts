import {Controller, Inject, Post, Req, Res} from '@nestjs/common';
import type {FastifyReply, FastifyRequest} from 'fastify';
import type {RawBodyRequest} from '@vitalvault/http';
import {AcceptRecords} from '../../application/accept-records.js';
import {CHAIN_ID} from '../../ingest.tokens.js';
import {toRecordAnswer} from './record-answer.js';
import type {RecordsAnswer} from './record-answer.js';
import {recordBodyOf} from './record-body.js';

@Controller('v1/records')
export class RecordsController {
  constructor(
    private readonly accept: AcceptRecords,
    @Inject(CHAIN_ID) private readonly chainId: string,
  ) {}

  /**
   * 202 when every record is durable; 207 when some are refused; one record alone is answered with its problem
   * document.
   */
  @Post()
  async post(
    @Req() request: FastifyRequest & RawBodyRequest,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<RecordsAnswer> {
    const body = recordBodyOf(request);
    const outcomes = await this.accept.execute(body.records);
    const refused = outcomes.find((outcome) => outcome.status === 'refused');
    if (body.kind === 'record' && refused?.status === 'refused') throw refused.problem;
    const records = outcomes.map(toRecordAnswer);
    void reply.status(refused === undefined ? 202 : 207);
    const location = body.kind === 'record' ? records[0]?.location : undefined;
    if (location !== undefined) void reply.header('location', location);
    return {chainId: this.chainId, records};
  }
}
