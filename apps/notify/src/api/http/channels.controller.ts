import {Controller, Get, Inject, Put, UseGuards} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {RequestSignatureGuard, SignedBy, ZodBody} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import type {Preferences} from '../../application/ports.js';
import {PREFERENCES, TARGET_FAULT} from '../../notify.tokens.js';
import type {TargetFault} from '../../notify.tokens.js';
import {channelsBody} from './preferences.dto.js';
import type {ChannelsBody} from './preferences.dto.js';
import {patientOf} from './patient.js';

@Controller('v1/channels')
@UseGuards(RequestSignatureGuard)
export class ChannelsController {
  constructor(
    @Inject(PREFERENCES) private readonly preferences: Preferences,
    @Inject(TARGET_FAULT) private readonly faultOf: TargetFault,
  ) {}

  @Get()
  async channels(@SignedBy() caller: Caller): Promise<ChannelsBody> {
    return {webhooks: [...(await this.preferences.webhooks(patientOf(caller)))]};
  }

  @Put()
  async put(@SignedBy() caller: Caller, @ZodBody(channelsBody) {webhooks}: ChannelsBody): Promise<ChannelsBody> {
    const patient = patientOf(caller);
    for (const [index, {url}] of webhooks.entries()) {
      const fault = this.faultOf(url);
      if (fault !== undefined)
        throw new DomainError('invalid-field', {detail: `webhooks.${String(index)}.url: ${fault}`});
    }
    await this.preferences.putWebhooks(patient, webhooks);
    return {webhooks};
  }
}
