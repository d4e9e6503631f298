import {Controller, Inject, Req, Res} from '@nestjs/common';
import {Serves, Strangers, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {AcceptRecords} from '../../application/accept-records.js';
import {readBody} from '../../domain/incoming-record.js';
import type {BodyKind} from '../../domain/incoming-record.js';
import {CHAIN_ID} from '../../ingest.tokens.js';
import {askAs} from './ask-as.js';
import {checkOptionalDigest} from './optional-digest.js';
import {NOT_DURABLE, WRONG_MESSAGE} from './possible-codes.js';
import {recordsAnswer, toRecordAnswer} from './record-answer.js';

const RECORD = 'application/vnd.vitalvault.record.v1+protobuf';
const RECORDS = 'application/vnd.vitalvault.records.v1+protobuf';
const KINDS: Readonly<Record<typeof RECORD | typeof RECORDS, BodyKind>> = {[RECORD]: 'record', [RECORDS]: 'records'};

const postRecords = route({
  method: 'post',
  path: '/v1/records',
  operationId: 'postRecords',
  summary: 'Takes sealed records of a device: durable before it answers.',
  body: {
    bytes: [RECORD, RECORDS],
    description: 'PostedRecord, or PostedRecords of at most 1 MiB (docs/protocol.md §3.3).',
  },
  answers: {
    202: {
      description: 'Every record is durable.',
      json: recordsAnswer,
      headers: {Location: 'Address of the receipt, of one record alone.'},
    },
    207: {description: 'Some of several records are refused; each says how.', json: recordsAnswer},
  },
  errors: [...WRONG_MESSAGE, 'slot-out-of-range', 'unknown-epoch', 'unknown-release-key', ...NOT_DURABLE],
});

@Controller()
export class RecordsController {
  constructor(
    private readonly accept: AcceptRecords,
    @Inject(CHAIN_ID) private readonly chainId: string,
    private readonly strangers: Strangers,
  ) {}

  /**
   * 202 when every record is durable; 207 when some are refused; one record alone is answered with its problem
   * document.
   */
  @Serves(postRecords)
  async post(
    {contentType, body}: RequestOf<typeof postRecords>,
    @Req() request: FastifyRequest,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<AnswerOf<typeof postRecords>> {
    checkOptionalDigest(request, body);
    const kind = KINDS[contentType];
    const outcomes = await this.accept.execute(readBody(kind, body), askAs(request, this.strangers));
    const refused = outcomes.find((outcome) => outcome.status === 'refused');
    if (kind === 'record' && refused?.status === 'refused') throw refused.problem;
    const records = outcomes.map(toRecordAnswer);
    if (refused !== undefined) void reply.status(207);
    const location = kind === 'record' ? records[0]?.location : undefined;
    if (location !== undefined) void reply.header('location', location);
    return {chainId: this.chainId, records};
  }
}
