/** As Grafana calls them. */
export type PanelUnit = 's' | 'bytes' | 'percentunit' | 'reqps' | 'ops' | 'short' | 'bool';

export interface Query {
  readonly expr: string;
  /** Of a series, with its labels in braces. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What it tells, and what to think when it looks otherwise than it should. */
  readonly description: string;
  readonly unit: PanelUnit;
  readonly queries: readonly Query[];
  /** `number`: the value of now, large. Default: a curve. */
  readonly shape?: 'number';
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Of its file. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** It asks for one program at a time. */
  readonly byProgram?: true;
  readonly rows: readonly Row[];
}

const IN = 'namespace=~"$namespace"';

/** A metric in the chosen installation, with further labels. */
export const of = (metric: string, labels = ''): string => `${metric}{${IN}${labels && ', '}${labels}}`;

export const largest = (by: string, metric: string, labels = ''): string => `max by (${by}) (${of(metric, labels)})`;

/** Per second. */
export const rate = (by: string, metric: string, labels = ''): string =>
  `sum by (${by}) (rate(${of(metric, labels)}[$__rate_interval]))`;

/** A value that so many of all are below. */
export const quantile = (share: number, by: string, histogram: string, labels = ''): string =>
  `histogram_quantile(${share}, ${rate(by === '' ? 'le' : `le, ${by}`, `${histogram}_bucket`, labels)})`;

/** Half of all, and ninety-nine of a hundred. */
export const spread = (histogram: string, labels = ''): Query[] => [
  {expr: quantile(0.5, '', histogram, labels), legend: 'half'},
  {expr: quantile(0.99, '', histogram, labels), legend: '99 of 100'},
];
