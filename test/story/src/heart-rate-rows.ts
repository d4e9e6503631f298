import {readFileSync} from 'node:fs';
import type {PlainRate} from './papers.js';

/** The rows of the wearable's file, `Id,Time,Value`; its times are taken as UTC. */
export function heartRateRows(file: string): PlainRate[] {
  const [, ...rows] = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
  return rows.map((row) => {
    const [, time = '', value = ''] = row.split(',');
    return {unixSeconds: Date.parse(`${time} UTC`) / 1000, beatsPerMinute: Number(value)};
  });
}
