import {Controller, Get, HttpCode, HttpStatus, Inject, Put, Res, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, ZodParams, ZodQuery} from '@vitalvault/http';
import type {FastifyReply} from 'fastify';
import {positionAtLeast} from '../../application/freshness.js';
import {KeepProfiles} from '../../application/keep-profiles.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {BinaryBody, protobufType, sendBytes} from './binary-body.js';
import {atLeastQuery, memberPath} from './path.dto.js';
import type {AtLeastQuery, MemberPath} from './path.dto.js';

export const PROFILE = protobufType('profile');

/** Who a member is, as her organisation signed it. Not for the public: only who is on the ledger may read it. */
@Controller('v1/members/:member/profile')
export class MembersController {
  constructor(
    @Inject(KeepProfiles) private readonly profiles: KeepProfiles,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Put()
  @HttpCode(HttpStatus.NO_CONTENT)
  async put(@ZodParams(memberPath) {member}: MemberPath, @BinaryBody(PROFILE) profile: Uint8Array): Promise<void> {
    await this.profiles.deposit(member, profile);
  }

  @Get()
  @UseGuards(RequestSignatureGuard)
  async get(
    @ZodParams(memberPath) {member}: MemberPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await positionAtLeast(this.projection, atLeast);
    sendBytes(reply, PROFILE, await this.profiles.fetch(member));
  }
}
