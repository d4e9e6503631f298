import {CliError} from '../cli-error.js';

/** One row: when (Unix seconds) and how fast (beats/min). */
export interface HeartRateRow {
  unixSeconds: number;
  beatsPerMinute: number;
}

const ROW = /^\d+,(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM),(\d{1,3})$/;

/**
 * Reads a Fitbit export `Id,Time,Value`. Its times have no zone and are taken as UTC.
 * @throws CliError `csv-invalid` naming the line
 */
export function parseHeartRateCsv(text: string): HeartRateRow[] {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== 'Id,Time,Value') throw invalid(1, 'the first line must be Id,Time,Value');
  return lines.slice(1).flatMap((line, i) => (line === '' && i === lines.length - 2 ? [] : [parseRow(line, i + 2)]));
}

function parseRow(line: string, number: number): HeartRateRow {
  const match = ROW.exec(line);
  if (!match) throw invalid(number, 'a row looks like 2022484408,4/1/2016 7:54:05 AM,91');
  const [month, day, year, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const beatsPerMinute = Number(match[8]);
  const hour24 = (hour % 12) + (match[7] === 'PM' ? 12 : 0);
  const time = Date.UTC(year, month - 1, day, hour24, minute, second);
  const back = new Date(time);
  // Date.UTC rolls over (February 30th is March 1st): a time that does not come back as it went in is none.
  if (
    hour < 1 ||
    hour > 12 ||
    back.getUTCMonth() !== month - 1 ||
    back.getUTCDate() !== day ||
    back.getUTCMinutes() !== minute ||
    back.getUTCSeconds() !== second
  )
    throw invalid(number, 'there is no such time');
  if (beatsPerMinute === 0) throw invalid(number, 'a heart rate is not 0');
  return {unixSeconds: time / 1000, beatsPerMinute};
}

function invalid(line: number, why: string): CliError {
  return new CliError('csv-invalid', `Line ${line} cannot be read: ${why}.`, {
    remedy: 'Use an export with the columns Id, Time, Value.',
    meta: {line},
  });
}
