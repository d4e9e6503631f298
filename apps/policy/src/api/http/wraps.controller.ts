import {Controller, Get, HttpCode, HttpStatus, Inject, Put, Res, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodParams, ZodQuery} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import type {FastifyReply} from 'fastify';
import {positionAtLeast} from '../../application/freshness.js';
import {KeepWraps} from '../../application/keep-wraps.js';
import type {Projection} from '../../application/ports.js';
import {PROJECTION} from '../../policy.tokens.js';
import {BinaryBody, protobufType, sendBytes} from './binary-body.js';
import {onlyPatient} from './only-patient.js';
import {atLeastQuery, grantPath} from './path.dto.js';
import type {AtLeastQuery, GrantPath} from './path.dto.js';

export const WRAPS = protobufType('wraps');

/** Epoch keys wrapped for the grantee of one grant. */
@Controller('v1/patients/:patient/grants/:grantId/wraps')
@UseGuards(RequestSignatureGuard)
export class WrapsController {
  constructor(
    @Inject(KeepWraps) private readonly wraps: KeepWraps,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  @Put()
  @HttpCode(HttpStatus.NO_CONTENT)
  async put(
    @ZodParams(grantPath) place: GrantPath,
    @SignedBy() caller: Caller,
    @BinaryBody(WRAPS) bundle: Uint8Array,
  ): Promise<void> {
    onlyPatient(caller, place.patient);
    await this.wraps.deposit(place, bundle);
  }

  @Get()
  async get(
    @ZodParams(grantPath) place: GrantPath,
    @ZodQuery(atLeastQuery) {atLeast}: AtLeastQuery,
    @SignedBy() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await positionAtLeast(this.projection, atLeast);
    sendBytes(reply, WRAPS, await this.wraps.fetch(place, caller.identity));
  }
}
