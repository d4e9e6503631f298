import {argument, wrongArgument} from './argument.js';
import type {ArgumentParser} from './argument.js';
import type {Bounds} from './whole-number.js';

const SECONDS: Readonly<Record<string, number>> = {s: 1, m: 60, h: 3_600, d: 86_400, y: 31_557_600};

/**
 * How long: `60`, `60s`, `15m`, `1h`, `30d`, `1y` (of 365.25 days); a bare number is seconds.
 * @param bounds seconds
 * @returns of the parser: whole seconds
 */
export function duration({least, most}: Bounds<number>): ArgumentParser<number> {
  return argument((text) => {
    const [, count = '', unit = 's'] = /^(\d{1,12})([smhdy]?)$/.exec(text) ?? [];
    const seconds = count === '' ? Number.NaN : Number(count) * (SECONDS[unit === '' ? 's' : unit] ?? Number.NaN);
    // Said this way round, so that no number at all is refused too.
    if (!(seconds >= least && seconds <= most))
      throw wrongArgument(`Write 60s, 15m, 1h, 30d or 1y: from ${least} to ${most} seconds.`);
    return seconds;
  });
}
