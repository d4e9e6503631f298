import {parsePositionsCommand} from './positions-usage.js';
import {WrongUse} from './run-operation.js';

describe('what a person says about positions', () => {
  it.each<[string[], object]>([
    [[], {name: 'show'}],
    [['--begin', '--help'], {name: 'help'}],
    [['--begin', '--by', ' Ada '], {name: 'begin', by: 'Ada'}],
  ])('%j', (args, expected) => {
    expect(parsePositionsCommand(args)).toEqual(expected);
  });

  it.each<[string[], string]>([
    [['--begin'], '--by NAME is missing'],
    [['--begin', '--by', ' '], '--by NAME is missing'],
    [['--by', 'Ada'], '--by is for --begin'],
    [['--force'], '--force'],
    [['vv.alerts.v1/0/0'], 'vv.alerts.v1/0/0'],
  ])('%j is wrong use', (args, why) => {
    expect(() => parsePositionsCommand(args)).toThrow(WrongUse);
    expect(() => parsePositionsCommand(args)).toThrow(why);
  });
});
