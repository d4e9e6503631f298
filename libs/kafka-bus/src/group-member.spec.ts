import {createLogger} from '@vitalvault/process';
import type {Kafka} from 'kafkajs';
import {GroupMember} from './group-member.js';

const EVENTS = {GROUP_JOIN: 'join', CRASH: 'crash', FETCH_START: 'asks', FETCH: 'answered'} as const;

/** A consumer of kafkajs whose events the test tells. */
function member(fromEnd?: () => void, now?: () => number) {
  const listeners = new Map<string, (event: {payload: object}) => void>();
  const done = () => Promise.resolve();
  const consumer = {
    ...{events: EVENTS, connect: done, subscribe: done, run: done, disconnect: done},
    on: (name: string, listener: (event: {payload: object}) => void) => listeners.set(name, listener),
  };
  const it = new GroupMember({
    kafka: {consumer: () => consumer} as unknown as Kafka,
    ...{groupId: 'g', logger: createLogger({service: 'spec', level: 'fatal'}), fromEnd, ...(now && {now})},
    onAssigned: () => undefined,
    onBatch: () => Promise.resolve(undefined),
  });
  const tell = (name: keyof typeof EVENTS, nodeId?: string): void =>
    listeners.get(EVENTS[name])?.({payload: name === 'GROUP_JOIN' ? {memberAssignment: {t: [0]}} : {nodeId}});
  const crash = (error: Error): void => listeners.get(EVENTS.CRASH)?.({payload: {error, restart: true}});
  return {it, tell, crash};
}

describe('GroupMember from the end', () => {
  let begun = 0;
  let tell: ReturnType<typeof member>['tell'];
  beforeEach(async () => {
    begun = 0;
    const made = member(() => begun++);
    tell = made.tell;
    await made.it.start(['t']);
  });

  it('begins when it joins, and again when it has asked where the end is: with its first fetch of each broker', () => {
    tell('GROUP_JOIN');
    expect(begun).toBe(1);
    tell('FETCH_START', '1');
    tell('FETCH_START', '2');
    expect(begun).toBe(1);
    tell('FETCH', '1');
    expect(begun).toBe(2);
    tell('FETCH', '2');
    expect(begun).toBe(3);
    for (const node of ['1', '2', '1']) {
      tell('FETCH_START', node);
      tell('FETCH', node);
    }
    expect(begun).toBe(3);
  });

  it('a fetch that was under way when it joined again is not the first one after it', () => {
    tell('GROUP_JOIN');
    tell('FETCH_START', '1');
    tell('FETCH', '1');
    tell('FETCH_START', '1');
    tell('GROUP_JOIN');
    expect(begun).toBe(3);
    tell('FETCH', '1');
    expect(begun).toBe(3);
    tell('FETCH_START', '1');
    tell('FETCH', '1');
    expect(begun).toBe(4);
  });
});

describe('GroupMember that is given what it cannot read', () => {
  const named = (name: string, message: string, cause?: Error): Error =>
    Object.assign(new Error(message, {cause}), {name});
  const snappy = named('KafkaJSNotImplemented', 'Snappy compression not implemented');

  it.each<[string, Error]>([
    ['a batch is compressed with Snappy', snappy],
    ['a batch is compressed with Snappy', named('KafkaJSNumberOfRetriesExceeded', 'x', snappy)],
    ['a batch cannot be read (KafkaJSUnsupported', named('KafkaJSUnsupportedMagicByteInMessageSet', 'x')],
    ['a batch cannot be read (RangeError)', named('KafkaJSNumberOfRetriesExceeded', 'x', new RangeError('offset'))],
  ])('says "%s", also when it has joined its group again and again', async (reason, error) => {
    let now = 0;
    const {it: its, tell, crash} = member(undefined, () => now);
    await its.start(['t']);
    tell('GROUP_JOIN');
    expect(its.reason()).toBeUndefined();
    for (let times = 0; times < 5; times++) {
      crash(error);
      expect(its.reason()).toContain(reason);
      tell('GROUP_JOIN');
      now += 50_000;
      expect(its.reason()).toContain(reason);
    }
    now += 10_000;
    expect(its.reason()).toBeUndefined();
  });

  it('is well again at once behind a Kafka that was away', async () => {
    const {it: its, tell, crash} = member();
    await its.start(['t']);
    for (const error of [
      named('KafkaJSNumberOfRetriesExceeded', 'x', named('KafkaJSConnectionError', 'closed')),
      named('KafkaJSGroupCoordinatorNotFound', 'x'),
    ]) {
      tell('GROUP_JOIN');
      crash(error);
      expect(its.reason()).toContain('not in the consumer group');
      tell('GROUP_JOIN');
      expect(its.reason()).toBeUndefined();
    }
  });
});
