import type {MessageInitShape} from '@bufbuild/protobuf';
import {Controller, Inject} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {LIMITS, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {
  GetBacklogResponseSchema,
  GetRecordStatusesRequest,
  GetRecordStatusesResponseSchema,
  RecordStatusSchema,
} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import type {Backlog} from '@vitalvault/kafka-bus';
import type {NumberStatus, RecordStore} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {BACKLOG, RECORD_STORE} from '../../storage.tokens.js';

/** StorageService: what ingest asks. */
@Controller()
export class StorageGrpcController {
  constructor(
    @Inject(RECORD_STORE) private readonly records: RecordStore,
    @Inject(BACKLOG) private readonly backlog: () => Backlog,
  ) {}

  @GrpcMethod('StorageService', 'GetRecordStatuses')
  async getRecordStatuses({
    numbers,
  }: GetRecordStatusesRequest): Promise<MessageInitShape<typeof GetRecordStatusesResponseSchema>> {
    if (numbers.length > LIMITS.questionsAtOnce)
      throw new DomainError('invalid-field', {detail: `numbers: ${LIMITS.questionsAtOnce} at the most`});
    const asked = numbers.map(({device, registration, sequence}) => ({device: toHex(device), registration, sequence}));
    return {statuses: (await this.records.byNumbers(asked)).map(toMessage)};
  }

  @GrpcMethod('StorageService', 'GetBacklog')
  getBacklog(): MessageInitShape<typeof GetBacklogResponseSchema> {
    const {oldestUnconsumedMs, unconsumed} = this.backlog();
    return {
      oldestUnconsumedMs: BigInt(Math.round(oldestUnconsumedMs)),
      unconsumed: BigInt(unconsumed),
      nowMs: BigInt(Date.now()),
    };
  }
}

function toMessage({record, lowestOpen}: NumberStatus): MessageInitShape<typeof RecordStatusSchema> {
  if (record === undefined) return {found: false, lowestOpen};
  return {
    found: true,
    lowestOpen,
    recordId: fromHex(record.recordId),
    state: STATE[record.state],
    patient: fromHex(record.patient),
    cid: record.cid ?? '',
    replicas: record.replicas ?? 0,
    height: record.height ?? 0n,
    logIndex: record.logIndex ?? 0n,
    refusalCode: record.refusalCode ?? 0,
    ...(record.receipt === undefined ? {} : {receipt: decodeCanonical(SignedAcceptedSchema, record.receipt)}),
    ...(record.txId === undefined ? {} : {txId: fromHex(record.txId)}),
  };
}
