import {CliError} from '../cli-error.js';
import {TimeZone} from './time-zone.js';
import type {DateOrder, WrittenTime} from './written-time.js';

/** What the person says of the times in her file. */
export interface SaidTimes {
  /** Where the clock stood that wrote times without an offset. */
  zone?: TimeZone | undefined;
  dates?: DateOrder | undefined;
}

interface Row {
  written: WrittenTime | undefined;
  line: number;
}

const NO_TIME = 'its time is in no form that vv knows, such as 2020-03-05T14:00:00+01:00 or 3/5/2020 2:00:00 PM';
const NEVER = 'there is no such time';

/**
 * The instants (Unix milliseconds) of rows, or what is wrong with the time of one. An hour that comes twice is told by
 * the order of the rows.
 * @param said `isFitbit`: dates with slashes and AM or PM have the month first
 * @throws CliError `zone-missing`, `dates-ambiguous`
 */
export function instantsOf(rows: readonly Row[], said: SaidTimes & {isFitbit: boolean}): (number | string)[] {
  const order = orderOf(rows, said);
  requireZone(rows, order, said.zone);
  const isDescending = descends(rows, order);
  let before = isDescending ? Infinity : -Infinity;
  return rows.map(({written}) => {
    const local = written?.localMs(order);
    if (written === undefined) return NO_TIME;
    if (local === undefined) return NEVER;
    const instants =
      written.offsetMinutes === undefined
        ? (said.zone?.instants(local) ?? [])
        : [local - written.offsetMinutes * 60_000];
    const inOrder = isDescending ? instants.findLast((one) => one <= before) : instants.find((one) => one >= before);
    const instant = inOrder ?? instants[0];
    if (instant === undefined) return `${NEVER} in ${said.zone?.name ?? ''}: the clock jumped over it`;
    before = instant;
    return instant;
  });
}

function descends(rows: readonly Row[], order: DateOrder): boolean {
  const locals = rows.flatMap(({written}) => written?.localMs(order) ?? []);
  return (locals.at(0) ?? 0) > (locals.at(-1) ?? 0);
}

function orderOf(rows: readonly Row[], {dates, isFitbit}: SaidTimes & {isFitbit: boolean}): DateOrder {
  if (dates !== undefined) return dates;
  const slashed = rows.filter(({written}) => written?.slashed !== undefined);
  const [first] = slashed;
  if (first?.written === undefined) return 'day-first';
  const dayFirst = slashed.some(({written}) => (written?.slashed?.[0] ?? 0) > 12);
  const monthFirst = slashed.some(({written}) => (written?.slashed?.[1] ?? 0) > 12);
  if (isFitbit && !dayFirst && /m\.?$/i.test(first.written.text)) return 'month-first';
  if (dayFirst !== monthFirst) return dayFirst ? 'day-first' : 'month-first';
  throw new CliError(
    'dates-ambiguous',
    `Line ${first.line} says ${first.written.text}: month first that is ${shown(first.written, 'month-first')}, ` +
      `day first ${shown(first.written, 'day-first')}.`,
    {remedy: 'Say which with --dates month-first or --dates day-first.', meta: {line: first.line}},
  );
}

function requireZone(rows: readonly Row[], order: DateOrder, zone: TimeZone | undefined): void {
  if (zone !== undefined) return;
  const row = rows.find(({written}) => written?.offsetMinutes === undefined && written?.localMs(order) !== undefined);
  const local = row?.written?.localMs(order);
  if (row?.written === undefined || local === undefined) return;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const other = here === 'UTC' ? 'Europe/Berlin' : here;
  const there = new TimeZone(other).instants(local)[0];
  throw new CliError(
    'zone-missing',
    `Line ${row.line} says ${row.written.text}, and not where: on a clock of UTC that is ${utc(local)}, ` +
      `on one of ${other} ${there === undefined ? 'never' : utc(there)}.`,
    {remedy: `Say where the clock stood: --zone UTC, --zone ${other} or another one.`, meta: {line: row.line}},
  );
}

function shown(written: WrittenTime, order: DateOrder): string {
  const local = written.localMs(order);
  return local === undefined ? 'never' : utc(local).slice(0, 10);
}

const utc = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
