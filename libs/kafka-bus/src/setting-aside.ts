import {JunkMessage} from '@vitalvault/contracts';
import {faultName} from '@vitalvault/process';
import type {Advance, Letter, LettersWaiting, Logger, SetAsideOrder} from '@vitalvault/process';
import type {KafkaRecord} from './kafka-record.js';
import {headersText} from './letter-headers.js';

/** Where messages lie that are not taken: in the same database as the effects of the others. */
export interface DeadLetters {
  /**
   * Keeps a message and stores the step over it, both or neither.
   * @returns false: this very message was kept before
   * @throws DeadLettersFull, PositionMoved
   */
  setAside(letter: Letter, advance: Advance): Promise<boolean>;
  /** Who has a message set aside; undefined: nobody. */
  orderedBy(place: Omit<SetAsideOrder, 'by'>): Promise<string | undefined>;
  /** What nobody has resolved. */
  waiting(): Promise<LettersWaiting>;
}

export interface SettingAsideOptions {
  readonly letters: DeadLetters;
  /** Id of the record that a message is about, hexadecimal, where one can be read. */
  readonly recordIdOf: ((record: KafkaRecord) => string | undefined) | undefined;
  readonly logger: Logger;
}

/**
 * Sets aside what no version takes, and what a person said of a message at which a partition stands; nothing else
 * (docs/adr/0045).
 */
export class SettingAside {
  constructor(private readonly options: SettingAsideOptions) {}

  /** @returns whether it is set aside now, and the step stored */
  async setAside(record: KafkaRecord, fault: unknown, advance: Advance): Promise<boolean> {
    const {letters, logger} = this.options;
    const {topic, partition, offset, timestampMs, key, value} = record;
    const place = {topic, partition, offset, cluster: advance.to.cluster};
    const by = fault instanceof JunkMessage ? undefined : await letters.orderedBy(place);
    if (!(fault instanceof JunkMessage) && by === undefined) return false;
    const [reason, recordId, headers] = [faultName(fault), this.#recordIdOf(record), headersText(record.headers)];
    const kept = await letters.setAside({...place, timestampMs, key, value, headers, reason, recordId, by}, advance);
    if (kept) logger.error('set aside: it waits for a person', {topic, partition, offset, reason});
    else logger.warn('set aside before: what was decided stays', {topic, partition, offset, reason});
    return true;
  }

  // Of what cannot be taken little can be read.
  #recordIdOf(record: KafkaRecord): string | undefined {
    try {
      return this.options.recordIdOf?.(record);
    } catch {
      return undefined;
    }
  }
}
