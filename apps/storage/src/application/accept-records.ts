import {parseAccepted} from '../domain/parse-accepted.js';
import type {RecordStore, TopicPosition} from './ports.js';

export interface AcceptedMessage {
  readonly value: Uint8Array;
  readonly traceparent: string | undefined;
}

/** Takes accepted records into the table that is authoritative for (device, registration, sequence). */
export class AcceptRecords {
  constructor(private readonly options: {chainId: string}, private readonly ports: {records: RecordStore; onFresh: () => void}) {}

  /** @throws DomainError malformed when one of them is no record: then none is taken */
  async execute(messages: readonly AcceptedMessage[], position: TopicPosition): Promise<{fresh: number; conflicts: number}> {
    const records = messages.map(({value, traceparent}) => parseAccepted(value, {chainId: this.options.chainId, traceparent}));
    const outcome = await this.ports.records.accept(records, position);
    if (outcome.fresh > 0) this.ports.onFresh();
    return outcome;
  }
}
