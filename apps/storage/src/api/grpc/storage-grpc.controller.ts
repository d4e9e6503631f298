import type {MessageInitShape} from '@bufbuild/protobuf';
import {Controller, Inject} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {LIMITS, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {
  AdmitNumbersRequest,
  AdmitNumbersResponseSchema,
  GetBacklogResponseSchema,
  GetRecordStatusesRequest,
  GetRecordStatusesResponseSchema,
  RecordStatusSchema,
} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import type {Backlog} from '@vitalvault/kafka-bus';
import type {NumberStatus, RecordStore} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {AdmitNumbers} from '../../application/admit-numbers.js';
import type {Quota} from '../../application/admit-numbers.js';
import {BACKLOG, RECORD_STORE} from '../../storage.tokens.js';

/** StorageService: what ingest asks. */
@Controller()
export class StorageGrpcController {
  constructor(
    @Inject(RECORD_STORE) private readonly records: RecordStore,
    @Inject(AdmitNumbers) private readonly admit: AdmitNumbers,
    @Inject(BACKLOG) private readonly backlog: () => Backlog,
  ) {}

  @GrpcMethod('StorageService', 'GetRecordStatuses')
  async getRecordStatuses({
    numbers,
  }: GetRecordStatusesRequest): Promise<MessageInitShape<typeof GetRecordStatusesResponseSchema>> {
    checkCount(numbers);
    const asked = numbers.map(({device, registration, sequence}) => ({device: toHex(device), registration, sequence}));
    return {statuses: (await this.records.byNumbers(asked)).map(toMessage)};
  }

  @GrpcMethod('StorageService', 'AdmitNumbers')
  async admitNumbers({
    numbers,
    deviceQuota,
    ownerQuota,
    mostWaiting,
  }: AdmitNumbersRequest): Promise<MessageInitShape<typeof AdmitNumbersResponseSchema>> {
    checkCount(numbers);
    const asked = numbers.map(({number, patient}) => {
      if (number === undefined) throw new DomainError('invalid-field', {detail: 'numbers: each has one'});
      const {device, registration, sequence} = number;
      return {device: toHex(device), registration, sequence, patient: toHex(patient)};
    });
    const limits = {device: quotaOf(deviceQuota), owner: quotaOf(ownerQuota), mostWaiting};
    const {waitMs, full, left, statuses} = await this.admit.execute(asked, limits);
    return {
      waitMs: BigInt(waitMs),
      fullPatients: full.map(fromHex),
      devicesLeft: [...left.devices],
      ownersLeft: [...left.owners],
      statuses: statuses.map(toMessage),
    };
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

function checkCount(numbers: readonly unknown[]): void {
  if (numbers.length > LIMITS.questionsAtOnce)
    throw new DomainError('invalid-field', {detail: `numbers: ${LIMITS.questionsAtOnce} at the most`});
}

function quotaOf(quota: AdmitNumbersRequest['deviceQuota']): Quota {
  if (quota === undefined || quota.burst === 0 || quota.refillPerSecond === 0)
    throw new DomainError('invalid-field', {detail: 'a quota has a burst and a refill'});
  return {burst: quota.burst, refillPerSecond: quota.refillPerSecond};
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
