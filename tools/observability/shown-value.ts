import type {PanelUnit} from './panel.ts';

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** [from which on, word, divided by], the largest first. */
type Step = readonly [from: number, word: string, by: number];
const SECONDS: readonly Step[] = [
  [86_400, ' d', 86_400],
  [3_600, ' h', 3_600],
  [120, ' min', 60],
  [1, ' s', 1],
  [0, ' ms', 0.001],
];
const BYTES: readonly Step[] = [
  [2 ** 30, ' GiB', 2 ** 30],
  [2 ** 20, ' MiB', 2 ** 20],
  [2 ** 10, ' KiB', 2 ** 10],
  [0, ' B', 1],
];
const COUNTS: readonly Step[] = [
  [1e6, ' M', 1e6],
  [1e4, ' k', 1e3],
  [0, '', 1],
];

function stepped(value: number, steps: readonly Step[]): string {
  if (value === 0) return '0';
  const [, word, by] = steps.find(([from]) => Math.abs(value) >= from) ?? [0, '', 1];
  return `${short(value / by)}${word}`;
}

/** A value as its unit is read by people. */
export function shownValue(value: number, unit: PanelUnit): string {
  if (!Number.isFinite(value)) return '–';
  if (unit === 's') return stepped(value, SECONDS);
  if (unit === 'bytes') return stepped(value, BYTES);
  if (unit === 'percentunit') return `${short(value * 100)} %`;
  if (unit === 'bool') return value === 0 ? 'no' : 'yes';
  return stepped(value, COUNTS) + (unit === 'short' ? '' : '/s');
}
