import {Controller, Get, Inject} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {ZodParams} from '@vitalvault/nest-service';
import {z} from 'zod';
import type {RecordStore} from '../../application/ports.js';
import {RECORD_STORE} from '../../storage.tokens.js';
import {toStatusJson} from './record-status.dto.js';

const params = z.object({recordId: z.string().regex(/^[0-9a-f]{64}$/)});

/** What became of a record; no data, so anyone may ask. */
@Controller('v1/records')
export class RecordsController {
  constructor(@Inject(RECORD_STORE) private readonly records: RecordStore) {}

  @Get(':recordId/status')
  async status(@ZodParams(params) {recordId}: z.infer<typeof params>): Promise<Record<string, unknown>> {
    const status = await this.records.byId(recordId);
    if (status === undefined) throw new DomainError('receipt-not-found');
    return toStatusJson(status);
  }
}
