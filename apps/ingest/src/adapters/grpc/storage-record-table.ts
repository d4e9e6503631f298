import {RecordState, StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {RecordStatus as StatusMessage} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import {grpcClient} from '@vitalvault/grpc';
import type {GrpcClient} from '@vitalvault/grpc';
import {clockReason} from '@vitalvault/process';
import type {
  Admission,
  AdmissionLimits,
  NumberOfDevice,
  NumberStatus,
  NumberToAdmit,
  RecordStatus,
  RecordTable,
} from '../../application/ports.js';
import {isAboveWindow} from '../../domain/number-window.js';

const STATES: Readonly<Record<RecordState, RecordStatus['state'] | undefined>> = {
  [RecordState.UNSPECIFIED]: undefined,
  [RecordState.ACCEPTED]: 'accepted',
  [RecordState.STORED]: 'stored',
  [RecordState.ANCHORED]: 'anchored',
  [RecordState.REFUSED]: 'refused',
  [RecordState.SKIPPED]: 'skipped',
};

/** Asks this organisation's storage service. */
export class StorageRecordTable implements RecordTable {
  readonly #storage: GrpcClient<typeof StorageService>;
  #aheadMs: number | undefined;

  constructor(url: string) {
    this.#storage = grpcClient(StorageService, {url, unavailable: 'storage-unavailable'});
  }

  async statuses(numbers: readonly NumberOfDevice[]): Promise<readonly NumberStatus[]> {
    const {statuses} = await this.#storage.getRecordStatuses({numbers: numbers.map(toNumber)});
    return toNumberStatuses(statuses, numbers);
  }

  async admit(asked: readonly NumberToAdmit[], {device, owner, mostWaiting}: AdmissionLimits): Promise<Admission> {
    const answer = await this.#storage.admitNumbers({
      numbers: asked.map((one) => ({number: toNumber(one), patient: one.patient})),
      deviceQuota: {burst: device.burst, refillPerSecond: device.refillPerSecond},
      ownerQuota: {burst: owner.burst, refillPerSecond: owner.refillPerSecond},
      mostWaiting,
    });
    const waitMs = Number(answer.waitMs);
    return {
      waitMs,
      full: answer.fullPatients,
      left: {devices: answer.devicesLeft, owners: answer.ownersLeft},
      statuses: waitMs > 0 ? [] : toNumberStatuses(answer.statuses, asked),
    };
  }

  async backlogMs(): Promise<number> {
    const {oldestUnconsumedMs, nowMs} = await this.#storage.getBacklog({});
    this.#aheadMs = Date.now() - Number(nowMs);
    return Number(oldestUnconsumedMs);
  }

  /**
   * That this clock is another than storage's, when storage was last asked: receipts and `GET /v1/time` would say a
   * wrong time. Storage knows the ledger's, and tells when it is its own that is wrong.
   */
  clock(): string | undefined {
    return clockReason(this.#aheadMs, "storage's");
  }

  close(): void {
    this.#storage.close();
  }
}

const toNumber = ({device, registration, sequence}: NumberOfDevice) => ({device, registration, sequence});

function toNumberStatuses(statuses: readonly StatusMessage[], asked: readonly NumberOfDevice[]): NumberStatus[] {
  if (statuses.length !== asked.length)
    throw new DomainError('storage-unavailable', {detail: 'It answered for another number of records.'});
  return statuses.map((found, place) => toNumberStatus(found, asked[place]?.sequence ?? 0n));
}

function toNumberStatus(found: StatusMessage, sequence: bigint): NumberStatus {
  const {lowestOpen} = found;
  if (lowestOpen === 0n) throw new DomainError('storage-unavailable', {detail: 'It told no lowest number.'});
  return {lowestOpen, record: found.found ? toStatus(found, sequence) : undefined};
}

function toStatus(found: StatusMessage, sequence: bigint): RecordStatus {
  const state = STATES[found.state];
  if (state === undefined || (found.receipt === undefined && state !== 'skipped'))
    throw new DomainError('internal', {detail: 'storage gave a record without state or receipt'});
  const waits = (state === 'accepted' || state === 'stored') && isAboveWindow(sequence, found.lowestOpen);
  return {
    recordId: found.recordId,
    state,
    ...(waits ? {waitsFor: found.lowestOpen} : {}),
    ...(found.receipt === undefined ? {} : {receipt: found.receipt}),
    ...(found.cid === '' ? {} : {cid: found.cid, replicas: found.replicas}),
    ...(state === 'anchored' || state === 'skipped'
      ? {height: found.height, txId: found.txId, logIndex: found.logIndex}
      : {}),
    ...(state === 'refused' ? {refusalCode: found.refusalCode} : {}),
  };
}
