import type {Advance} from '@vitalvault/process';
import {setImmediate as othersTurn} from 'node:timers/promises';
import {parseAccepted} from '../domain/parse-accepted.js';
import type {ParseOptions} from '../domain/parse-accepted.js';
import type {Accepted} from '../domain/record.js';
import type {AcceptOutcome, RecordStore} from './ports.js';

/** Messages that are read in one go: a few milliseconds. */
const AT_ONCE = 25;

export interface AcceptedMessage {
  readonly value: Uint8Array;
  readonly traceparent: string | undefined;
}

/** Takes accepted records and skips into the tables that are authoritative for (device, registration, sequence). */
export class AcceptRecords {
  constructor(
    private readonly options: Pick<ParseOptions, 'chainId'>,
    private readonly ports: {records: RecordStore; onRecords: () => void; onSkips: () => void},
  ) {}

  /** @throws JunkMessage, NewerMessage when one of them cannot be taken: then none is */
  async execute(messages: readonly AcceptedMessage[], advance: Advance): Promise<AcceptOutcome> {
    const accepted = await this.#parsed(messages);
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

  // Whoever packs and anchors waits at each of many small steps for the one thread that all have: a batch at once would
  // hold each of them up by a tenth of a second, and what is accepted would never be anchored.
  async #parsed(messages: readonly AcceptedMessage[]): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    for (const [place, {value, traceparent}] of messages.entries()) {
      if (place % AT_ONCE === 0 && place > 0) await othersTurn();
      accepted.push(parseAccepted(value, {...this.options, traceparent}));
    }
    return accepted;
  }
}
