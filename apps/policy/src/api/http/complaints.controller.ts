import {Controller, Inject} from '@nestjs/common';
import {Serves, hexText, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import {Complain} from '../../application/complain.js';

const complain = route({
  method: 'post',
  path: '/v1/complaints',
  operationId: 'complain',
  summary: "What a reader's client found wrong; the patient is alerted.",
  signedBy: 'a reader with a permit',
  body: {json: z.strictObject({txId: hexText(32), recordId: hexText(32), finding: z.string().min(1).max(1_000)})},
  answers: {202: {description: 'Durable.', json: z.strictObject({status: z.literal('accepted')})}},
  errors: ['not-yours', 'tx-not-found', 'access-refused', 'not-found', 'quota-exceeded'],
});

/** What a reader's client found wrong with what it was given. */
@Controller()
export class ComplaintsController {
  constructor(@Inject(Complain) private readonly complaints: Complain) {}

  @Serves(complain)
  async post({caller, body}: RequestOf<typeof complain>): Promise<AnswerOf<typeof complain>> {
    await this.complaints.execute(body, caller.identity);
    return {status: 'accepted'};
  }
}
