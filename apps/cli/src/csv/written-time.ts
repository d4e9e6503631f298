/** Which number comes first in a date with slashes. */
export type DateOrder = 'month-first' | 'day-first';

/** A time as it stands in a file, before anybody says what is meant. */
export interface WrittenTime {
  text: string;
  /** First and second number of a date with slashes, when it is not said which is the month. */
  slashed?: [number, number];
  /** Minutes that its clock is ahead of UTC, when it says so. */
  offsetMinutes?: number;
  /** Which it is on a clock, as if UTC, Unix milliseconds; undefined: there is no such time. */
  localMs: (order: DateOrder) => number | undefined;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const DATE_FIRST =
  /^(\d{1,2})([/.])(\d{1,2})\2(\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?([AP])\.?M\.?)?$/i;

interface Clock {
  hour: number;
  minute: number;
  second: number;
  ms: number;
}

/** Undefined for what is no time in a form that vv knows. */
export function writtenTime(text: string): WrittenTime | undefined {
  return isoTime(text) ?? dateFirstTime(text);
}

function isoTime(text: string): WrittenTime | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbersIn(match, [1, 2, 3, 4, 5, 6]);
  const clock = {hour, minute, second, ms: msOf(match[7])};
  const offsetMinutes = offsetOf(match[8]);
  return {
    text,
    ...(offsetMinutes === undefined ? {} : {offsetMinutes}),
    localMs: () => timeOf([year, month, day], clock),
  };
}

function dateFirstTime(text: string): WrittenTime | undefined {
  const match = DATE_FIRST.exec(text);
  if (match === null) return undefined;
  const [first = 0, second = 0, year = 0, minute = 0, seconds = 0] = numbersIn(match, [1, 3, 4, 6, 7]);
  const hour = hourOf(Number(match[5]), match[9]?.toUpperCase());
  const clock = {hour, minute, second: seconds, ms: msOf(match[8])};
  const slashed = match[2] === '/';
  return {
    text,
    ...(slashed ? {slashed: [first, second]} : {}),
    localMs: (order) =>
      timeOf(slashed && order === 'month-first' ? [year, first, second] : [year, second, first], clock),
  };
}

const numbersIn = (match: RegExpExecArray, groups: readonly number[]): number[] =>
  groups.map((group) => Number(match[group] ?? 0));

/** NaN where a clock of twelve hours has none. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (half === 'P' ? 12 : 0);
}

function msOf(fraction: string | undefined): number {
  return Math.floor(Number(`0.${fraction ?? '0'}`) * 1000);
}

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[a-z]/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith('-') ? -minutes : minutes;
}

// Date.UTC rolls over (February 30th is March 1st): a time that does not come back as it went in is none.
function timeOf([year, month, day]: [number, number, number], {hour, minute, second, ms}: Clock): number | undefined {
  // A leap second has no number of its own in Unix time: it is the one before.
  const time = Date.UTC(year, month - 1, day, hour, minute, second === 60 ? 59 : second, ms);
  const back = new Date(time);
  const isSame =
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    back.getUTCHours() === hour &&
    back.getUTCMinutes() === minute &&
    second <= 60;
  return isSame ? time : undefined;
}
