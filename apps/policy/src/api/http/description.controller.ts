import {Controller, Inject} from '@nestjs/common';
import {Serves, route} from '@vitalvault/http';
import type {AnswerOf} from '@vitalvault/http';
import {DescribeService} from '../../application/describe-service.js';
import {protobufType} from './protobuf-type.js';

const getDescription = route({
  method: 'get',
  path: '/.well-known/vitalvault',
  operationId: 'describeService',
  summary: 'Whose service this is: asked before anything else, and checked from the genesis.',
  answers: {
    200: {
      description: 'SignedServiceDescription (docs/protocol.md §8.5).',
      bytes: [protobufType('service-description')],
    },
  },
  errors: [],
});

/** Whose service it is, for whoever has nothing but its URL and the genesis. */
@Controller()
export class DescriptionController {
  constructor(@Inject(DescribeService) private readonly description: DescribeService) {}

  @Serves(getDescription)
  get(): AnswerOf<typeof getDescription> {
    return this.description.execute();
  }
}
