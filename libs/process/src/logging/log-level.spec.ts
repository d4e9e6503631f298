import {createLogger} from './create-logger.js';
import {LogLevel} from './log-level.js';

function talking() {
  const [clock, lines] = [{ms: 1_000}, [] as string[]];
  const level = new LogLevel('info', () => clock.ms);
  const write = (line: string): void => void lines.push((JSON.parse(line) as {msg: string}).msg);
  return {clock, level, lines, logger: createLogger({service: 'spec', level, destination: {write}})};
}

describe('LogLevel', () => {
  it('is that of the settings; what is asked for holds for its time, and falls back by itself', () => {
    const {clock, level, lines, logger} = talking();
    logger.debug('a');
    expect(level.ask('debug', 60)).toBeUndefined();
    expect([level.current, level.untilMs]).toEqual(['debug', 61_000]);
    clock.ms = 60_999;
    logger.debug('b');
    clock.ms = 61_000;
    logger.debug('c');
    logger.info('d');
    expect(lines).toEqual(['b', 'd']);
    expect([level.current, level.untilMs]).toEqual(['info', undefined]);
  });

  it('ends at once with no seconds, and the newest word holds', () => {
    const {level} = talking();
    level.ask('debug', 3_600);
    level.ask('debug', 0);
    expect(level.current).toBe('info');
  });

  it.each<[level: string, seconds: number, fault: RegExp]>([
    ['trace', 60, /^level is one of debug, info, warn, error$/],
    ['', 60, /^level is one of/],
    ['error', 60, /^info is logged in any case$/],
    ['debug', 3_601, /^seconds are 0 to 3600$/],
    ['debug', -1, /^seconds are/],
    ['debug', 0.5, /^seconds are/],
    ['debug', Number.NaN, /^seconds are/],
  ])('takes no %s for %d s', (asked, seconds, fault) => {
    const {level} = talking();
    expect(level.ask(asked, seconds)).toMatch(fault);
    expect(level.current).toBe('info');
  });
});
