import {Controller, Inject} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {Serves, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import type {Preferences} from '../../application/ports.js';
import {PREFERENCES, TARGET_FAULT} from '../../notify.tokens.js';
import type {TargetFault} from '../../notify.tokens.js';
import {channelsBody} from './preferences.dto.js';
import {patientOf} from './patient.js';

const signedBy = 'the patient';

const getChannels = route({
  method: 'get',
  path: '/v1/channels',
  operationId: 'getChannels',
  summary: 'Where her alerts are delivered.',
  signedBy,
  answers: {200: {description: 'Her webhooks.', json: channelsBody}},
  errors: ['not-yours'],
});

const putChannels = route({
  method: 'put',
  path: '/v1/channels',
  operationId: 'putChannels',
  summary: 'Replaces her webhooks.',
  signedBy,
  body: {json: channelsBody},
  answers: {200: {description: 'As they are now.', json: channelsBody}},
  errors: ['not-yours'],
});

@Controller()
export class ChannelsController {
  constructor(
    @Inject(PREFERENCES) private readonly preferences: Preferences,
    @Inject(TARGET_FAULT) private readonly faultOf: TargetFault,
  ) {}

  @Serves(getChannels)
  async channels({caller}: RequestOf<typeof getChannels>): Promise<AnswerOf<typeof getChannels>> {
    return {webhooks: [...(await this.preferences.webhooks(patientOf(caller)))]};
  }

  @Serves(putChannels)
  async put({caller, body: {webhooks}}: RequestOf<typeof putChannels>): Promise<AnswerOf<typeof putChannels>> {
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
