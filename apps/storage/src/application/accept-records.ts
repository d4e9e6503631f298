import type {Advance} from '@vitalvault/process';
import {parseAccepted} from '../domain/parse-accepted.js';
import type {ParseOptions} from '../domain/parse-accepted.js';
import type {AcceptOutcome, RecordStore} from './ports.js';

export interface AcceptedMessage {
  readonly value: Uint8Array;
  readonly traceparent: string | undefined;
}

/** Takes accepted records and skips into the tables that are authoritative for (device, registration, sequence). */
export class AcceptRecords {
  constructor(
    private readonly options: Pick<ParseOptions, 'chainId' | 'sha256'>,
    private readonly ports: {records: RecordStore; onRecords: () => void; onSkips: () => void},
  ) {}

  /** @throws JunkMessage, NewerMessage when one of them cannot be taken: then none is */
  async execute(messages: readonly AcceptedMessage[], advance: Advance): Promise<AcceptOutcome> {
    const accepted = messages.map(({value, traceparent}) =>
      parseAccepted(value, {...this.options, traceparent}),
    );
    const outcome = await this.ports.records.accept(
      {
        records: accepted.flatMap((one) => (one.kind === 'record' ? [one.record] : [])),
        skips: accepted.flatMap((one) => (one.kind === 'skip' ? [one.skip] : [])),
      },
      advance,
    );
    if (outcome.fresh > 0) this.ports.onRecords();
    if (outcome.skips > 0) this.ports.onSkips();
    return outcome;
  }
}
