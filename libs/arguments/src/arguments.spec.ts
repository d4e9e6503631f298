import {Command, InvalidArgumentError, Option} from 'commander';
import {argument, duration, each, hexId, names, numberRange, path, serviceUrl, time, timeMs} from './index.js';
import {size, wholeBigint, wholeNumber, words} from './index.js';
import {ODD_TEXTS, lenientOptions, rawOptions} from '../testing/index.js';

const number = wholeNumber({least: 1, most: 2 ** 32 - 1});
const big = wholeBigint({least: 0n, most: 2n ** 64n - 1n});
const seconds = duration({least: 1, most: 2 ** 40});
const rows = numberRange({least: 1n, most: 2n ** 53n - 1n});
const sequences = numberRange({least: 1n, most: 2n ** 64n - 1n, longest: 1_000n});

describe('what a person typed', () => {
  it.each<[string, (text: string) => unknown, string, unknown]>([
    ['a number', number, '1', 1],
    ['the largest number', number, '4294967295', 4_294_967_295],
    ['zeros before it', number, '007', 7],
    ['a large number', big, '18446744073709551615', 18_446_744_073_709_551_615n],
    ['2^53 + 1, exactly', big, '9007199254740993', 9_007_199_254_740_993n],
    ['seconds', seconds, '60', 60],
    ['seconds with their unit', seconds, '60s', 60],
    ['minutes', seconds, '15m', 900],
    ['hours', seconds, '1h', 3_600],
    ['days', seconds, '30d', 2_592_000],
    ['years', seconds, '1y', 31_557_600],
    ['one row', rows, '12', {from: 12n, to: 12n}],
    ['rows', rows, '1-64', {from: 1n, to: 64n}],
    ['all that follow', rows, '65-', {from: 65n, to: undefined}],
    ['a thousand numbers', sequences, '1-1000', {from: 1n, to: 1_000n}],
    ['a volume', size, '20Gi', 20 * 2 ** 30],
    ['part of a volume', size, '1.5Ti', 1.5 * 2 ** 40],
    ['a volume in powers of ten', size, '500M', 500_000_000],
    ['bytes', size, '128974848', 128_974_848],
    ['bytes with an exponent', size, '129e6', 129_000_000],
    ['names', names, 'a, b', ['a', 'b']],
    ['an id', hexId(2), 'AbCd', 'abcd'],
    ['an address', serviceUrl, 'https://policy.example:8443/x', 'https://policy.example:8443/x'],
  ])('%s', (_what, parser, text, value) => {
    expect(parser(text)).toEqual(value);
  });

  const parsers = {number, big, seconds, rows, sequences, time};
  it.each(Object.entries(parsers).flatMap(([name, parser]) => ODD_TEXTS.map((text) => [name, text, parser] as const)))(
    '%s refuses %j',
    (_name, text, parser) => {
      expect(() => parser(text)).toThrow(InvalidArgumentError);
    },
  );

  it.each<[(text: string) => unknown, string]>([
    [number, '0'],
    [number, '4294967296'],
    [seconds, '0'],
    [seconds, '1.5h'],
    [seconds, '1w'],
    [seconds, '1 h'],
    [seconds, '1H'],
    [seconds, '-1h'],
    [seconds, '999999999999y'],
    [size, '0'],
    [size, '0Gi'],
    [size, '20gi'],
    [size, '20 Gi'],
    [size, 'Gi'],
    [size, '100m'],
    [size, '1e30'],
    [size, '٢Gi'],
    [size, '-1Gi'],
    [size, ''],
    [rows, '0-3'],
    [rows, '5-3'],
    [rows, '-5'],
    [rows, '1--2'],
    [sequences, '1-1001'],
    [sequences, '5-'],
    [path, ''],
    [words(3), 'four'],
    [words(9), ' '],
    [words(9), 'a\nb'],
    [names, 'a,,b'],
    [hexId(2), 'abc'],
    [hexId(2), 'abcde'],
    [hexId(2), 'é123'],
    [serviceUrl, 'policy.example'],
    [serviceUrl, 'file:///etc/passwd'],
    [serviceUrl, ' https://policy.example'],
  ])('refuses, as number %# of the table, what is nearly right', (parser, text) => {
    expect(() => parser(text)).toThrow(InvalidArgumentError);
  });
});

describe('times', () => {
  it.each([
    ['2016-04-01', '2016-04-01T00:00:00Z'],
    ['2016-04-01T08:59', '2016-04-01T08:59:00Z'],
    ['2016-04-01T08:59:30.5Z', '2016-04-01T08:59:30.500Z'],
    ['2016-04-01T08:30+02:00', '2016-04-01T06:30:00Z'],
    ['2016-02-29', '2016-02-29T00:00:00Z'],
  ])('%s', (text, same) => expect(timeMs(text)).toBe(Date.parse(same)));

  it.each([
    '2015-02-29',
    '2016-02-30',
    '2016-13-01',
    '2016-04-01 08:00',
    '2016-04-01T24:00',
    '2016-04-01T23:59:60',
    '2016-04-01T08:00+25:00',
    '2016-04-01T08',
    '2016-04-01 (noon)',
    '4/1/2016',
    '2016-4-1',
    '２０１６-04-01',
  ])('there is no %s', (text) => expect(timeMs(text)).toBeUndefined());
});

describe('the options of a program', () => {
  it('are raw when nothing parses them', () => {
    const program = new Command('p').addOption(new Option('--flag', 'no value'));
    program
      .command('c')
      .addOption(new Option('--n <n>', '').argParser(number))
      .addOption(new Option('--many <n...>', '').argParser(each(path)))
      .addOption(new Option('--kind <k>', '').choices(['a']))
      .addOption(new Option('--own <n>', '').argParser(Number))
      .option('--bare <n>', '')
      .argument('<file>')
      .argument('[ok]', '', argument(String));
    expect(rawOptions(program)).toEqual(['p c --own <n>', 'p c --bare <n>', 'p c <file>']);
    expect(lenientOptions(program)).toEqual(['c --many', 'c --own', 'c --bare', 'c <file>', 'c <ok>']);
  });

  it('may take several values', () => {
    const program = new Command('p').addOption(new Option('--index <n...>', '').argParser(each(big)));
    program.parse(['--index', '7', '8', '--index', '9'], {from: 'user'});
    expect(program.opts()).toEqual({index: [7n, 8n, 9n]});
  });
});
