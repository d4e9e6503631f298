import {Controller, Inject} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {Serves, hexText, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import type {RecordStore} from '../../application/ports.js';
import {RECORD_STORE} from '../../storage.tokens.js';
import {statusAnswer, toStatusJson} from './record-status.dto.js';

const getRecordStatus = route({
  method: 'get',
  path: '/v1/records/{recordId}/status',
  operationId: 'getRecordStatus',
  summary: 'What became of a record; no data, so anyone may ask.',
  params: z.strictObject({recordId: hexText(32)}),
  answers: {200: {description: 'Its state.', json: statusAnswer}},
  errors: ['receipt-not-found', 'database-unavailable'],
});

@Controller()
export class RecordsController {
  constructor(@Inject(RECORD_STORE) private readonly records: RecordStore) {}

  @Serves(getRecordStatus)
  async status({params: {recordId}}: RequestOf<typeof getRecordStatus>): Promise<AnswerOf<typeof getRecordStatus>> {
    const status = await this.records.byId(recordId);
    if (status === undefined) throw new DomainError('receipt-not-found');
    return toStatusJson(status);
  }
}
