import {Controller, Get, Inject} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {ZodParams} from '@vitalvault/http';
import type {RecordStore} from '../../application/ports.js';
import {RECORD_STORE} from '../../storage.tokens.js';
import {statusParams, toStatusJson} from './record-status.dto.js';
import type {StatusAnswer, StatusParams} from './record-status.dto.js';

/** What became of a record; no data, so anyone may ask. */
@Controller('v1/records')
export class RecordsController {
  constructor(@Inject(RECORD_STORE) private readonly records: RecordStore) {}

  @Get(':recordId/status')
  async status(@ZodParams(statusParams) {recordId}: StatusParams): Promise<StatusAnswer> {
    const status = await this.records.byId(recordId);
    if (status === undefined) throw new DomainError('receipt-not-found');
    return toStatusJson(status);
  }
}
