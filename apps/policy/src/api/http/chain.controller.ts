import {Controller, Get, HttpCode, HttpStatus, Inject, Post, UseGuards} from '@nestjs/common';
import {toHex} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {RequestSignatureGuard, SignedBy, ZodParams, ZodQuery} from '@vitalvault/nest-service';
import type {Caller} from '@vitalvault/nest-service';
import {AnswerProofs} from '../../application/answer-proofs.js';
import type {ProofsWithHeader} from '../../application/answer-proofs.js';
import type {LedgerSource} from '../../application/ports.js';
import {decodeForCaller} from '../../domain/decode-for-caller.js';
import {LEDGER_SOURCE} from '../../policy.tokens.js';
import {BinaryBody, protobufType} from './binary-body.js';
import {heightPath, validatorQuery} from './path.dto.js';
import type {HeightPath, ValidatorQuery} from './path.dto.js';

/** Headers and proofs, as validators give them; whoever asks verifies them from the genesis. */
@Controller('v1')
export class ChainController {
  constructor(@Inject(AnswerProofs) private readonly proofs: AnswerProofs, @Inject(LEDGER_SOURCE) private readonly ledger: LedgerSource) {}

  @Get('chain/:height')
  async header(@ZodParams(heightPath) {height}: HeightPath): Promise<{signedHeader: object}> {
    return {signedHeader: JSON.parse(await this.ledger.signedHeader(height)) as object};
  }

  @Post('proofs')
  @HttpCode(HttpStatus.OK)
  @UseGuards(RequestSignatureGuard)
  async prove(@BinaryBody(protobufType('proof-request')) body: Uint8Array, @ZodQuery(validatorQuery) query: ValidatorQuery, @SignedBy() caller: Caller): Promise<object> {
    return fromProofs(await this.proofs.anyState(caller.identity, decodeForCaller(ProofRequestSchema, body), query));
  }
}

/** `{proof, signedHeader}`: canonical bytes in hexadecimal, and the header as CometBFT gives it. */
export function fromProofs({proof, signedHeader}: ProofsWithHeader): {proof: string; signedHeader: object} {
  return {proof: toHex(proof), signedHeader: JSON.parse(signedHeader) as object};
}
