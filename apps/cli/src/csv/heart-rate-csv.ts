import {CliError} from '../cli-error.js';
import {csvInvalid, csvTable} from './csv-text.js';
import type {CsvLine, CsvTable} from './csv-text.js';
import {instantsOf} from './instants.js';
import type {SaidTimes} from './instants.js';
import {writtenTime} from './written-time.js';

/** What a row of the file came to. */
export type CsvRow = {line: number} & (
  | {kind: 'reading'; timeMs: number; beatsPerMinute: number}
  /** The sensor said that it measured nothing. */
  | {kind: 'no-contact'}
  | {kind: 'unread'; why: string}
);

/** Numbers by which sensors say that they have none: 0, and the "invalid" of one and of two bytes (FIT). */
const NO_CONTACT: ReadonlySet<number> = new Set([0, -1, 255, 65_535]);
const NO_VALUE = /^(-+|nan|null|none|n\/a)?$/i;
const NUMBER = /^[+-]?\d{1,6}(\.\d{1,6})?$/;

/**
 * Reads a CSV with the columns Time and Value (beats/min), in any order and among others. One row decides over no other
 * one.
 * @param said what stands in no row: the zone of times without one, and the order of day and month
 * @returns one entry for each row that is not empty, in their order
 * @throws CliError `csv-invalid`, `zone-missing`, `dates-ambiguous` for the file as a whole
 */
export function readHeartRateCsv(bytes: Uint8Array, said: SaidTimes): CsvRow[] {
  const table = csvTable(bytes);
  const time = columnOf(table, 'time');
  const value = columnOf(table, 'value');
  const written = table.lines.map(({fields}) => writtenTime(fields[time] ?? ''));
  const instants = instantsOf(
    written.map((one, i) => ({written: one, line: table.lines[i]?.number ?? 0})),
    {...said, isFitbit: isFitbits(table)},
  );
  return table.lines.map((line, i) => rowOf(line, instants[i] ?? 'no-time', valueIn(line, value, table)));
}

function rowOf({number: line}: CsvLine, instant: number | string, value: string): CsvRow {
  if (typeof instant === 'string') return {line, kind: 'unread', why: instant};
  if (NO_VALUE.test(value) || NO_CONTACT.has(Number(value))) return {line, kind: 'no-contact'};
  if (!NUMBER.test(value)) return {line, kind: 'unread', why: 'its value is no number'};
  return {line, kind: 'reading', timeMs: instant, beatsPerMinute: Number(value)};
}

function valueIn({fields}: CsvLine, at: number, {commaIsDecimal}: CsvTable): string {
  const value = fields[at] ?? '';
  return commaIsDecimal ? value.replace(',', '.') : value;
}

function columnOf({columns}: CsvTable, name: string): number {
  const at = columns.findIndex((column) => column.toLowerCase() === name);
  if (at === -1) {
    // As it came it could speak to a terminal.
    const named = columns.map((column) => JSON.stringify(column.slice(0, 30))).slice(0, 8);
    throw csvInvalid(`Its first line names no column ${name === 'time' ? 'Time' : 'Value'}, but ${named.join(', ')}.`);
  }
  return at;
}

/** The export that has these columns writes American dates. */
const isFitbits = ({columns}: CsvTable): boolean => /^id,time,value/i.test(columns.join());

/** @throws CliError `rows-missing` when there are none, or none of the range (from 1) */
export function chosenRows(all: readonly CsvRow[], range?: {from: bigint; to?: bigint | undefined}): CsvRow[] {
  const chosen =
    range === undefined
      ? [...all]
      : all.slice(Number(range.from) - 1, range.to === undefined ? undefined : Number(range.to));
  if (chosen.length > 0) return chosen;
  throw new CliError(
    'rows-missing',
    `The file has ${all.length} rows${all.length === 0 ? '' : ', and none of these'}.`,
    {
      remedy:
        all.length === 0 ? 'Name a file with readings in it.' : 'Name rows that are there, for example --rows 1-64.',
    },
  );
}
