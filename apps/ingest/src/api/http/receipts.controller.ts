import {Controller, Get} from '@nestjs/common';
import {ZodParams} from '@vitalvault/http';
import {GetReceipt} from '../../application/get-receipt.js';
import {receiptParams} from './path.dto.js';
import type {ReceiptParams} from './path.dto.js';
import {toReceiptAnswer} from './record-answer.js';
import type {ReceiptAnswer} from './record-answer.js';

@Controller('v1/receipts')
export class ReceiptsController {
  constructor(private readonly receipts: GetReceipt) {}

  @Get(':device/:registration/:sequence')
  async receipt(@ZodParams(receiptParams) {device, registration, sequence}: ReceiptParams): Promise<ReceiptAnswer> {
    return toReceiptAnswer(await this.receipts.execute(device, registration, sequence));
  }
}
