import type {MessageInitShape} from '@bufbuild/protobuf';
import {Controller, Inject} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {
  GetBacklogResponseSchema,
  GetRecordStatusRequest,
  GetRecordStatusResponseSchema,
} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {Backlog} from '@vitalvault/kafka-bus';
import type {RecordStore} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {BACKLOG, RECORD_STORE} from '../../storage.tokens.js';

/** StorageService: what ingest asks. */
@Controller()
export class StorageGrpcController {
  constructor(
    @Inject(RECORD_STORE) private readonly records: RecordStore,
    @Inject(BACKLOG) private readonly backlog: () => Backlog,
  ) {}

  @GrpcMethod('StorageService', 'GetRecordStatus')
  async getRecordStatus({
    device,
    registration,
    sequence,
  }: GetRecordStatusRequest): Promise<MessageInitShape<typeof GetRecordStatusResponseSchema>> {
    const of = {device: toHex(device), registration};
    // Asked first: what is anchored in between makes it lower than it is, never higher.
    const lowestOpen = await this.records.lowestOpen(of);
    const status = await this.records.byNumber({...of, sequence});
    if (status === undefined) return {found: false, lowestOpen};
    return {
      found: true,
      lowestOpen,
      recordId: fromHex(status.recordId),
      state: STATE[status.state],
      patient: fromHex(status.patient),
      cid: status.cid ?? '',
      replicas: status.replicas ?? 0,
      height: status.height ?? 0n,
      logIndex: status.logIndex ?? 0n,
      refusalCode: status.refusalCode ?? 0,
      ...(status.receipt === undefined ? {} : {receipt: decodeCanonical(SignedAcceptedSchema, status.receipt)}),
      ...(status.txId === undefined ? {} : {txId: fromHex(status.txId)}),
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
