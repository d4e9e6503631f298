import type {KafkaMessage} from 'kafkajs';
import {recordHash} from './record-hash.js';
import {TakenPartition} from './taken-partition.js';
import {toRecord} from './to-record.js';

const found = {cluster: 'k', low: 0n, high: 100n};
const message = (offset: number, value = `v${String(offset)}`): KafkaMessage => ({
  ...{offset: String(offset), key: Buffer.from('k'), value: Buffer.from(value), timestamp: '5', attributes: 0},
  headers: {},
});
const batch = (...messages: KafkaMessage[]) => ({
  messages,
  firstOffset: () => messages[0]?.offset ?? null,
  lastOffset: () => messages.at(-1)?.offset ?? '',
});
const hashOf = (one: KafkaMessage): string => recordHash(toRecord('t', 0, one));
const comparing = (last = hashOf(message(6))): TakenPartition =>
  new TakenPartition('t', 0, {stored: {next: 7n, cluster: 'k', last}, found, judgement: {kind: 'compare', at: 6n}});

describe('TakenPartition', () => {
  it('takes what comes behind the record that it knows again, and is sure from then on', () => {
    const taken = comparing();
    expect(taken.isSure).toBe(false);
    expect(taken.judge(batch(message(6), message(7), message(8)))).toMatchObject({
      kind: 'take',
      messages: [{offset: '7'}, {offset: '8'}],
    });
    expect(taken.isSure).toBe(true);
  });

  it.each([
    ['value', message(6, 'another')],
    ['time', {...message(6), timestamp: '6'}],
    ['key', {...message(6), key: Buffer.from('kv6'), value: Buffer.from('')}],
  ])('stands at a record of another %s, and takes nothing behind it', (_, other) => {
    const taken = comparing();
    expect(taken.judge(batch(other, message(7)))).toMatchObject({
      kind: 'stand',
      reason: 'another topic: the record at offset 6 is not the one that was taken there',
    });
    expect(taken.isSure).toBe(false);
  });

  it.each([0, 5, 7, 50])('is looked at anew when a batch begins at %i instead of where it was asked for', (first) => {
    expect(comparing().judge(batch(message(first)))).toMatchObject({kind: 'again'});
    const sure = comparing();
    sure.judge(batch(message(6)));
    sure.passed(batch(message(6)));
    expect(sure.judge(batch(message(first)))).toMatchObject({kind: first === 7 ? 'take' : 'again'});
  });

  it('makes each step from the one before, with the hash of its last record', () => {
    const taken = comparing();
    const first = taken.advanceTo(toRecord('t', 0, message(8)));
    expect(first).toEqual({
      ...{topic: 't', partition: 0, from: {next: 7n, cluster: 'k', last: hashOf(message(6))}},
      to: {next: 9n, cluster: 'k', last: hashOf(message(8))},
    });
    expect(taken.next).toBe(7n);
    taken.made(first);
    expect([taken.next, taken.advanceTo(toRecord('t', 0, message(9))).from]).toEqual([9n, first.to]);
  });

  it('without a position takes what Kafka brings', () => {
    const taken = new TakenPartition('t', 0);
    expect(taken.judge(batch(message(3))).kind).toBe('take');
    taken.passed(batch(message(3)));
    expect(taken.judge(batch(message(9))).kind).toBe('take');
  });

  it('with nothing stored takes what is first there, and then what follows it', () => {
    const taken = new TakenPartition('t', 0, {stored: undefined, found, judgement: {kind: 'read', at: 0n}});
    expect(taken.judge(batch(message(3))).kind).toBe('take');
    taken.passed(batch(message(3)));
    expect([taken.judge(batch(message(9))).kind, taken.judge(batch(message(4))).kind]).toEqual(['again', 'take']);
  });
});
