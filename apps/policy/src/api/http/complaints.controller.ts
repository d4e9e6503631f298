import {Controller, HttpCode, HttpStatus, Inject, Post, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodBody} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import {Complain} from '../../application/complain.js';
import {complaintBody} from './path.dto.js';
import type {ComplaintBody} from './path.dto.js';

/** What a reader's client found wrong with what it was given. */
@Controller('v1/complaints')
@UseGuards(RequestSignatureGuard)
export class ComplaintsController {
  constructor(@Inject(Complain) private readonly complain: Complain) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async post(
    @ZodBody(complaintBody) complaint: ComplaintBody,
    @SignedBy() caller: Caller,
  ): Promise<{status: 'accepted'}> {
    await this.complain.about(complaint, caller.identity);
    return {status: 'accepted'};
  }
}
