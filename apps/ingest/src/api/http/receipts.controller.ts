import {Controller} from '@nestjs/common';
import {Serves, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {GetReceipt} from '../../application/get-receipt.js';
import {receiptParams} from './path.dto.js';
import {AWAY} from './possible-codes.js';
import {receiptAnswer, toReceiptAnswer} from './record-answer.js';

const getReceipt = route({
  method: 'get',
  path: '/v1/receipts/{device}/{registration}/{sequence}',
  operationId: 'getReceipt',
  summary: 'What became of the record with this number.',
  params: receiptParams,
  answers: {200: {description: 'Its state.', json: receiptAnswer}},
  errors: ['receipt-not-found', ...AWAY],
});

@Controller()
export class ReceiptsController {
  constructor(private readonly receipts: GetReceipt) {}

  @Serves(getReceipt)
  async receipt({
    params: {device, registration, sequence},
  }: RequestOf<typeof getReceipt>): Promise<AnswerOf<typeof getReceipt>> {
    return toReceiptAnswer(await this.receipts.execute(device, registration, sequence));
  }
}
