import {Controller, Inject} from '@nestjs/common';
import {Serves, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {AnswerProofs} from '../../application/answer-proofs.js';
import {GetHeader} from '../../application/get-header.js';
import {proofQuestion} from '../../domain/proof-question.js';
import {heightPath, validatorQuery} from './path.dto.js';
import {LEDGER_AWAY} from './possible-codes.js';
import {fromHeader, fromProofs, headerAnswer, proofsAnswer} from './proofs-answer.js';
import {protobufType} from './protobuf-type.js';

const NOT_VERIFIED = 'Not verified: whoever asks verifies it from the genesis.';

const getHeader = route({
  method: 'get',
  path: '/v1/chain/{height}',
  operationId: 'getHeader',
  summary: 'A header with its signatures, as one validator has it.',
  params: heightPath,
  query: validatorQuery,
  answers: {200: {description: NOT_VERIFIED, json: headerAnswer}},
  errors: ['not-found', ...LEDGER_AWAY],
});

const prove = route({
  method: 'post',
  path: '/v1/proofs',
  operationId: 'prove',
  summary: 'State and log proofs of one height; a log may go on where its proof says (next).',
  signedBy: 'any identity of the ledger; logs are given to their patient only',
  query: validatorQuery,
  body: {bytes: [protobufType('proof-request')], description: 'ProofRequest (docs/protocol.md §5.5).'},
  answers: {200: {description: NOT_VERIFIED, json: proofsAnswer}},
  errors: ['unknown-field', 'not-yours', 'quota-exceeded', ...LEDGER_AWAY],
});

/** Headers and proofs, as validators give them; whoever asks verifies them from the genesis. */
@Controller()
export class ChainController {
  constructor(
    @Inject(GetHeader) private readonly getHeader: GetHeader,
    @Inject(AnswerProofs) private readonly proofs: AnswerProofs,
  ) {}

  @Serves(getHeader)
  async header({
    params: {height},
    query: {validator},
  }: RequestOf<typeof getHeader>): Promise<AnswerOf<typeof getHeader>> {
    return fromHeader(await this.getHeader.execute(height, {validator}));
  }

  @Serves(prove)
  async prove({caller, query, body}: RequestOf<typeof prove>): Promise<AnswerOf<typeof prove>> {
    return fromProofs(await this.proofs.execute(caller.identity, proofQuestion(body), query));
  }
}
