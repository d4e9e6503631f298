import {Controller, Get, HttpCode, HttpStatus, Inject, Post, UseGuards} from '@nestjs/common';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {RequestSignatureGuard, SignedBy, ZodParams, ZodQuery} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import {AnswerProofs} from '../../application/answer-proofs.js';
import {decodeForCaller} from '../../domain/decode-for-caller.js';
import {BinaryBody, protobufType} from './binary-body.js';
import {heightPath, validatorQuery} from './path.dto.js';
import type {HeightPath, ValidatorQuery} from './path.dto.js';
import {fromHeader, fromProofs} from './proofs-answer.js';
import type {HeaderAnswer, ProofsAnswer} from './proofs-answer.js';

export const PROOF_REQUEST = protobufType('proof-request');

/** Headers and proofs, as validators give them; whoever asks verifies them from the genesis. */
@Controller('v1')
export class ChainController {
  constructor(@Inject(AnswerProofs) private readonly proofs: AnswerProofs) {}

  @Get('chain/:height')
  async header(
    @ZodParams(heightPath) {height}: HeightPath,
    @ZodQuery(validatorQuery) {validator}: ValidatorQuery,
  ): Promise<HeaderAnswer> {
    return fromHeader(await this.proofs.header(height, {validator}));
  }

  @Post('proofs')
  @HttpCode(HttpStatus.OK)
  @UseGuards(RequestSignatureGuard)
  async prove(
    @BinaryBody(PROOF_REQUEST) body: Uint8Array,
    @ZodQuery(validatorQuery) query: ValidatorQuery,
    @SignedBy() caller: Caller,
  ): Promise<ProofsAnswer> {
    return fromProofs(await this.proofs.anyState(caller.identity, decodeForCaller(ProofRequestSchema, body), query));
  }
}
