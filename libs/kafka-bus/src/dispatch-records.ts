import type {MessageHandler} from '@nestjs/microservices';
import {contextOf, linksTo, withSpan} from '@vitalvault/process';
import type {Advance} from '@vitalvault/process';
import {isObservable, lastValueFrom} from 'rxjs';
import {KafkaContext} from './kafka-record.js';
import type {KafkaRecord} from './kafka-record.js';

/** A handler of NestJS, and whether it takes several records at once. */
export interface RecordHandler {
  readonly handle: MessageHandler;
  readonly batch: boolean;
}

/** Brings records to their handler, in one span, and waits for its effect. */
export async function dispatchRecords(
  {handle, batch}: RecordHandler,
  records: readonly KafkaRecord[],
  {last, advance}: {last: KafkaRecord; advance: Advance},
): Promise<void> {
  const [first] = records;
  await withSpan(
    `process ${last.topic}`,
    {
      kind: 'consumer',
      parent: contextOf(first?.traceparent),
      links: records.length > 1 ? linksTo(records.map((record) => record.traceparent)) : [],
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': last.topic,
        'messaging.operation.type': 'process',
        'messaging.batch.message_count': records.length,
      },
    },
    async () => {
      // NestJS's own handleEvent neither awaits the handler nor reports its failure.
      const result: unknown = await handle(batch ? records : first?.value, new KafkaContext([last, advance]));
      if (isObservable(result)) await lastValueFrom(result, {defaultValue: undefined});
    },
  );
}
