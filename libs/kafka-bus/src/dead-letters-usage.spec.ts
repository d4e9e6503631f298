import {parseLettersCommand} from './dead-letters-usage.js';
import {WrongUse} from './run-operation.js';

const RECORD = 'Ab'.repeat(32);

describe('what a person says about dead letters', () => {
  it.each<[string[], object]>([
    [[], {command: {name: 'help'}, json: false}],
    [['list', '--help'], {command: {name: 'help'}}],
    [['list'], {command: {name: 'list', which: 'unresolved'}, json: false}],
    [['list', '--all', '--json'], {command: {name: 'list', which: 'all'}, json: true}],
    [['show', '17'], {command: {name: 'show', id: 17n}}],
    [['send-again', '17', '18', '17', '--by', ' Ada '], {command: {name: 'send-again', ids: [17n, 18n], by: 'Ada'}}],
    [
      ['set-aside', 'vv.alerts.v1/2/5120', '--by', 'Ada'],
      {command: {name: 'set-aside', place: {topic: 'vv.alerts.v1', partition: 2, offset: 5120n}, by: 'Ada'}},
    ],
    [['delete', '--record', RECORD, '--by', 'Ada'], {command: {which: {recordId: RECORD.toLowerCase()}, by: 'Ada'}}],
    [['delete', '9', '--by', 'Ada'], {command: {which: {ids: [9n]}}}],
  ])('%j', (args, expected) => {
    expect(parseLettersCommand(args)).toMatchObject(expected);
  });

  it.each<[string[], string]>([
    [['list', '17'], '17 is too much'],
    [['drop'], 'there is no command drop'],
    [['show'], 'ID is missing'],
    [['show', '0'], '0 is no ID'],
    [['show', '1; DROP TABLE'], 'is no ID'],
    [['show', '1', '2'], '2 is too much'],
    [['send-again', '17'], '--by NAME is missing'],
    [['send-again', '17', '--by', ' '], '--by NAME is missing'],
    [['send-again', '--by', 'Ada'], 'ID is missing'],
    [['set-aside', 'vv.alerts.v1/2', '--by', 'Ada'], 'is not TOPIC/PARTITION/OFFSET'],
    [['delete', '--by', 'Ada'], 'ID is missing'],
    [['delete', '--record', 'ab', '--by', 'Ada'], 'is no record id'],
    [['delete', '9', '--record', RECORD, '--by', 'Ada'], '9 is too much'],
    [['list', '--force'], '--force'],
  ])('%j is wrong use', (args, why) => {
    expect(() => parseLettersCommand(args)).toThrow(WrongUse);
    expect(() => parseLettersCommand(args)).toThrow(why);
  });
});
