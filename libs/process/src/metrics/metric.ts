/** Programs of ours that tell metrics. */
export const PROGRAMS = ['ingest', 'policy', 'storage', 'notify', 'ledger-abci'] as const;
export type Program = (typeof PROGRAMS)[number];

/** UCUM, as the semantic conventions of OpenTelemetry have it; in braces: what is counted. */
export type Unit = 's' | 'By' | '1' | `{${string}}`;

/** `updown`: a sum that goes both ways. */
export type Kind = 'counter' | 'updown' | 'gauge' | 'histogram';

/** Values that a label may have: each by its name, or how many there may be. */
export type Bound = readonly string[] | number;

/**
 * Every label that a metric of ours may have. Whoever may look at the management port sees them: none of them names a
 * person, nor what belongs to one (docs/adr/0049).
 */
export const LABELS = [
  'code',
  'cpu.mode',
  'error.type',
  'group',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'kind',
  'messaging.destination.name',
  'method',
  'organisation',
  'part',
  'phase',
  'rpc.method',
  'rpc.response.status_code',
  'state',
  'store',
] as const;
export type Label = (typeof LABELS)[number];

/** What is measured, how, and by whom. Its name is OpenTelemetry's; `prometheusName` is how Prometheus knows it. */
export interface Metric {
  readonly kind: Kind;
  readonly unit: Unit;
  readonly of: readonly Program[];
  /** One sentence for who is on call. */
  readonly meaning: string;
  readonly labels?: Readonly<Partial<Record<Label, Bound>>>;
  /** Labels that not every value has. */
  readonly maybe?: Readonly<Partial<Record<Label, Bound>>>;
  /** Of a histogram: upper bounds of its buckets, in its unit. */
  readonly buckets?: readonly number[];
  /** Of a histogram: its buckets name a trace in which a value of theirs was measured. */
  readonly exemplars?: true;
  /** Series that one process tells of it, where its labels would allow more together than there can be. */
  readonly most?: number;
}

const MOST_SERIES = 256;

/** Series that one process tells of a metric, at the most; what is more is told as one. */
export function mostSeries({labels = {}, maybe = {}, most = MOST_SERIES}: Metric): number {
  const sizes = (of: Readonly<Partial<Record<Label, Bound>>>): number[] =>
    Object.values(of).map((bound) => (typeof bound === 'number' ? bound : bound.length));
  const all = [...sizes(labels), ...sizes(maybe).map((size) => size + 1)].reduce((product, size) => product * size, 1);
  return Math.min(all, most);
}

const SUFFIX: Readonly<Record<string, string>> = {s: '_seconds', By: '_bytes', '1': '_ratio'};

/** The name in the text that Prometheus reads: dots become underscores, unit and `total` come behind. */
export function prometheusName(name: string, {kind, unit}: Pick<Metric, 'kind' | 'unit'>): string {
  return `${name.replaceAll('.', '_')}${SUFFIX[unit] ?? ''}${kind === 'counter' ? '_total' : ''}`;
}
