import {Controller, Get, Inject, Put, UseGuards} from '@nestjs/common';
import {RequestSignatureGuard, SignedBy, ZodBody} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import type {Preferences} from '../../application/ports.js';
import {PREFERENCES} from '../../notify.tokens.js';
import {fromRuleBody, rulesBody, toRuleBody} from './preferences.dto.js';
import type {RulesBody} from './preferences.dto.js';
import {patientOf} from './patient.js';

@Controller('v1/rules')
@UseGuards(RequestSignatureGuard)
export class RulesController {
  constructor(@Inject(PREFERENCES) private readonly preferences: Preferences) {}

  @Get()
  async rules(@SignedBy() caller: Caller): Promise<RulesBody> {
    return {rules: (await this.preferences.rules(patientOf(caller))).map(toRuleBody)};
  }

  @Put()
  async put(@SignedBy() caller: Caller, @ZodBody(rulesBody) body: RulesBody): Promise<RulesBody> {
    await this.preferences.putRules(patientOf(caller), body.rules.map(fromRuleBody));
    return body;
  }
}
