import {Controller, Inject} from '@nestjs/common';
import {Serves, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import type {Preferences} from '../../application/ports.js';
import {PREFERENCES} from '../../notify.tokens.js';
import {fromRuleBody, rulesBody, toRuleBody} from './preferences.dto.js';
import {patientOf} from './patient.js';

const signedBy = 'the patient';

const getRules = route({
  method: 'get',
  path: '/v1/rules',
  operationId: 'getRules',
  summary: 'Which alerts are delivered and which are only kept.',
  signedBy,
  answers: {200: {description: 'Her rules.', json: rulesBody}},
  errors: ['not-yours'],
});

const putRules = route({
  method: 'put',
  path: '/v1/rules',
  operationId: 'putRules',
  summary: 'Replaces her rules.',
  signedBy,
  body: {json: rulesBody},
  answers: {200: {description: 'As they are now.', json: rulesBody}},
  errors: ['not-yours'],
});

@Controller()
export class RulesController {
  constructor(@Inject(PREFERENCES) private readonly preferences: Preferences) {}

  @Serves(getRules)
  async rules({caller}: RequestOf<typeof getRules>): Promise<AnswerOf<typeof getRules>> {
    return {rules: (await this.preferences.rules(patientOf(caller))).map(toRuleBody)};
  }

  @Serves(putRules)
  async put({caller, body}: RequestOf<typeof putRules>): Promise<AnswerOf<typeof putRules>> {
    await this.preferences.putRules(patientOf(caller), body.rules.map(fromRuleBody));
    return body;
  }
}
