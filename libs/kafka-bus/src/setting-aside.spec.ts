import {JunkMessage, NewerMessage} from '@vitalvault/contracts';
import {createLogger} from '@vitalvault/process';
import type {Advance, Letter} from '@vitalvault/process';
import {madeStep} from '@vitalvault/process/testing';
import type {KafkaRecord} from './kafka-record.js';
import {SettingAside} from './setting-aside.js';

const record: KafkaRecord = {
  ...{topic: 't', partition: 3, offset: 7n, timestampMs: 0n, traceparent: undefined},
  ...{key: Buffer.from('k'), value: Buffer.from('some words'), headers: {'message-id': 'id'}},
};
const step = madeStep(7n, 8n, {topic: 't', partition: 3});

interface World {
  readonly orderedBy?: string;
  readonly recordIdOf?: () => string | undefined;
  readonly before?: boolean;
}

function harness({orderedBy, recordIdOf, before = false}: World = {}) {
  const [kept, asked, lines] = [[] as [Letter, Advance][], [] as unknown[], [] as string[]];
  const logger = createLogger({service: 'spec', destination: {write: (line: string) => void lines.push(line)}});
  const letters = {
    setAside: (letter: Letter, advance: Advance) => Promise.resolve((kept.push([letter, advance]), !before)),
    orderedBy: (place: unknown) => Promise.resolve((asked.push(place), orderedBy)),
    waiting: () => Promise.resolve({count: 0, bytes: 0, oldestMs: undefined}),
  };
  return {asked, kept, lines, aside: new SettingAside({letters, logger, recordIdOf})};
}

describe('SettingAside', () => {
  it('keeps what no version takes, with all that came and why, and asks nobody', async () => {
    const {aside, asked, kept, lines} = harness({recordIdOf: () => 'ab'});
    expect(await aside.setAside(record, new JunkMessage('no message'), step)).toBe(true);
    const {key, value, timestampMs} = record;
    const place = {topic: 't', partition: 3, offset: 7n, cluster: step.to.cluster};
    const why = {reason: 'JunkMessage: no message', recordId: 'ab', by: undefined};
    expect(kept).toEqual([[{...place, ...why, timestampMs, key, value, headers: '{"message-id":["6964"]}'}, step]]);
    expect(asked).toEqual([]);
    expect(lines.join('')).toContain('it waits for a person');
    expect(lines.join('')).not.toContain('some words');
  });

  it('steps over what was kept before, and says that it waits for nobody', async () => {
    const {aside, lines} = harness({before: true});
    expect(await aside.setAside(record, new JunkMessage('no message'), step)).toBe(true);
    expect(lines.join('')).toContain('set aside before');
    expect(lines.join('')).not.toContain('waits for a person');
  });

  it.each([
    ['newer', new NewerMessage('a field')],
    ['a fault of ours', new TypeError('x')],
  ])('keeps nothing that is %s', async (_what, fault) => {
    const {aside, asked, kept, lines} = harness();
    expect(await aside.setAside(record, fault, step)).toBe(false);
    expect([kept, lines]).toEqual([[], []]);
    expect(asked).toEqual([{topic: 't', partition: 3, offset: 7n, cluster: step.to.cluster}]);
  });

  it('keeps that too when a person said so, and who', async () => {
    const {aside, kept} = harness({orderedBy: 'Ada Example'});
    expect(await aside.setAside(record, new TypeError('x'), step)).toBe(true);
    expect(kept[0]?.[0]).toMatchObject({by: 'Ada Example', reason: 'TypeError'});
  });

  it('keeps what no record id can be read in', async () => {
    const {aside, kept} = harness({
      recordIdOf: () => {
        throw new Error('no message');
      },
    });
    expect(await aside.setAside(record, new JunkMessage('no message'), step)).toBe(true);
    expect(kept[0]?.[0].recordId).toBeUndefined();
  });
});
