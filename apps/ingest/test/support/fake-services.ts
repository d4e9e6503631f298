import {Controller, Module} from '@nestjs/common';
import {EventPattern, GrpcMethod, Payload} from '@nestjs/microservices';
import {fromBinary} from '@bufbuild/protobuf';
import {build, encodeCanonical, toHex, TOPICS} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {RecordAccepted} from '@vitalvault/contracts/gen/events/v1/events';
import type {SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {GetRegistrationsRequest, GetSuccessionsRequest} from '@vitalvault/contracts/gen/policy/v1/policy';
import {
  EpochStatementSchema,
  RecordHeaderSchema,
  SignatureSchema,
  SignedEpochStatementSchema,
  SignedKeySuccessionSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {RecordState, StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {
  AdmitNumbersRequest,
  GetRecordStatusesRequest,
  RecordStatus,
} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {MessageInitShape} from '@bufbuild/protobuf';
import type {DeviceRegistrationSchema, GetSuccessionsResponseSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {AdmitNumbersResponseSchema, RecordStatusSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {KAFKA_BUS, KafkaServer} from '@vitalvault/kafka-bus';
import type {KafkaProducer, KafkaRecord} from '@vitalvault/kafka-bus';
import {grpcOptions} from '@vitalvault/grpc';
import {createHttpService} from '@vitalvault/http';
import {Standstill, createLogger} from '@vitalvault/process';
import type {HttpService} from '@vitalvault/http';
import {CountedQuotas} from './counted-quotas.js';
import {SLOT, device, deviceKey, patient, tag} from './records.js';

type RegistrationInit = MessageInitShape<typeof DeviceRegistrationSchema>;
type StatusInit = MessageInitShape<typeof RecordStatusSchema>;

/** What the services that ingest asks would say, and what reached Kafka. */
export const others = {
  registered: {
    found: true,
    key: {alg: 1, publicKey: deviceKey.publicKey},
    owner: patient,
    typeTags: [tag],
    fromSlot: SLOT - 100,
  } as RegistrationInit,
  devicesAsked: 0,
  backlogMs: 0n,
  /** How far the tested service's clock is ahead of storage's. */
  clockAheadMs: 0,
  /** Lowest number that the ledger would not have yet. */
  lowestOpen: 1n,
  statuses: new Map<string, StatusInit>(),
  accepted: [] as {value: RecordAccepted; sequence: bigint; traceparent: string | undefined; key: string}[],
  /** Record id -> how often it is in Kafka. */
  counts: new Map<string, number>(),
  skips: [] as SkipEntry[],
};

const quotas = new CountedQuotas();
const statusOf = ({sequence}: {sequence: bigint}): StatusInit => ({
  found: false,
  ...others.statuses.get(String(sequence)),
  lowestOpen: others.lowestOpen,
});

@Controller()
class OthersController {
  @GrpcMethod('PolicyService', 'GetRegistrations')
  getRegistrations({registrations}: GetRegistrationsRequest): {registrations: RegistrationInit[]} {
    others.devicesAsked++;
    return {
      registrations: registrations.map((one) =>
        toHex(one.device) === toHex(device) && one.registration === 1 ? others.registered : {found: false},
      ),
    };
  }

  @GrpcMethod('PolicyService', 'GetEpochStatements')
  getEpochStatements(): object {
    const statement = encodeCanonical(EpochStatementSchema, {
      chainId: 'vv',
      patient,
      typeTag: tag,
      epoch: 1,
      publicKey: new Uint8Array(32).fill(1),
      fromSlot: SLOT - 50,
    });
    return {statements: [incomplete(SignedEpochStatementSchema, {statement, signature: {alg: 1}})], atHeight: 12n};
  }

  @GrpcMethod('PolicyService', 'GetSuccessions')
  getSuccessions({after}: GetSuccessionsRequest): MessageInitShape<typeof GetSuccessionsResponseSchema> {
    const signed = build(SignedKeySuccessionSchema, {
      succession: Uint8Array.of(after % 256),
      signature: build(SignatureSchema, {alg: 1, publicKey: Uint8Array.of(2), signature: Uint8Array.of(3)}),
    });
    return {successions: [signed], atHeight: 12n};
  }

  @GrpcMethod('StorageService', 'GetRecordStatuses')
  getRecordStatuses({numbers}: GetRecordStatusesRequest): {statuses: StatusInit[]} {
    return {statuses: numbers.map(statusOf)};
  }

  @GrpcMethod('StorageService', 'AdmitNumbers')
  admitNumbers({
    numbers,
    deviceQuota,
    ownerQuota,
  }: AdmitNumbersRequest): MessageInitShape<typeof AdmitNumbersResponseSchema> {
    if (deviceQuota === undefined || ownerQuota === undefined) throw new Error('no quotas');
    const asked = numbers.map(({number, patient: of}) => ({device: number?.device ?? new Uint8Array(), patient: of}));
    const {waitMs, left} = quotas.take(asked, {device: deviceQuota, owner: ownerQuota}, Date.now());
    return {
      waitMs: BigInt(waitMs),
      devicesLeft: left.devices,
      ownersLeft: left.owners,
      statuses: waitMs > 0 ? [] : numbers.map(({number}) => statusOf({sequence: number?.sequence ?? 0n})),
    };
  }

  @GrpcMethod('StorageService', 'GetBacklog')
  getBacklog(): object {
    return {oldestUnconsumedMs: others.backlogMs, nowMs: BigInt(Date.now() - others.clockAheadMs)};
  }

  @EventPattern<string>(TOPICS.recordsAccepted, KAFKA_BUS, {batch: true})
  take(@Payload() records: readonly KafkaRecord[]): void {
    for (const record of records) {
      const value = fromBinary(RecordAcceptedSchema, record.value);
      if (value.skip !== undefined) others.skips.push(value.skip);
      if (value.record === undefined) continue;
      const id = toHex(recordIdOfPosted(value.record));
      others.counts.set(id, (others.counts.get(id) ?? 0) + 1);
      others.accepted.push({
        value,
        traceparent: record.traceparent,
        key: toHex(record.key),
        sequence: fromBinary(RecordHeaderSchema, value.record.header).sequence,
      });
    }
  }
}

@Module({controllers: [OthersController]})
class OthersModule {}

/** Starts both of them on one port, and a reader of the accepted records. */
export async function startOthers(options: {
  kafka: string;
  grpcPort: number;
  producer: KafkaProducer;
}): Promise<HttpService> {
  const logger = createLogger({service: 'others', level: 'error'});
  const bus = new KafkaServer({
    brokers: [options.kafka],
    clientId: 'others',
    logger,
    groupId: 'others',
    onStalled: () => undefined,
    standstill: new Standstill({part: 'others', logger}),
  });
  const service = await createHttpService({
    module: OthersModule,
    logger,
    host: '127.0.0.1',
    httpPort: 0,
    microservices: [
      grpcOptions({services: [PolicyService, StorageService], url: `127.0.0.1:${String(options.grpcPort)}`}),
      {strategy: bus},
    ],
  });
  await service.listen();
  return service;
}

/** Storage's answer for a record that it knows. */
export function stored(entry: RecordAccepted, recordId: Uint8Array, more: StatusInit = {}): StatusInit {
  return {
    found: true,
    recordId,
    state: RecordState.STORED,
    receipt: entry.receipt as RecordStatus['receipt'] & object,
    cid: 'bafkreitest',
    replicas: 2,
    ...more,
  };
}
