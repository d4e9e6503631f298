import {argument, wrongArgument} from './argument.js';

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

/**
 * Unix milliseconds of `2016-04-01`, `2016-04-01T08:00`, `2016-04-01T08:00:30Z` or `…+02:00`; UTC unless it says
 * otherwise. Undefined: it is no such time, or there is no such day.
 */
export function timeMs(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, , , zone] = match;
  // Date.parse rolls over: February 30th would be March 1st.
  const midnight = new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return undefined;
  const time = Date.parse(hour === undefined || zone !== undefined ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** A time of the calendar, from 1970 on. */
export const time = argument((text): Date => {
  const ms = timeMs(text);
  if (ms === undefined || ms < 0) throw wrongArgument('Write it like 2027-01-31T12:00:00Z.');
  return new Date(ms);
});
