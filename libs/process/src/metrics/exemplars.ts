import {TraceFlags, context, trace} from '@opentelemetry/api';
import type {Attributes} from '@opentelemetry/api';

interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  readonly atMs: number;
}

/** Above all buckets of all series that may have one; what is more has none. */
const MOST = 2_000;

/** A series' labels in one order, however they are spelled: `_` for dots, as Prometheus has them. */
const keyOf = (name: string, labels: readonly (readonly [label: string, value: string])[], bound: string): string =>
  [name, ...labels.map(([label, value]) => `${label.replaceAll('.', '_')}=${value}`).sort(), bound].join(' ');

const BUCKET = /^(\w+)_bucket\{(.*)\} \S+$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * Of each bucket of a histogram the newest value that was measured within a trace: it leads from a curve to one that
 * was slow. OpenTelemetry's SDK and exporter for JavaScript have no exemplars, so they are kept beside them.
 */
export class Exemplars {
  readonly #newest = new Map<string, Exemplar>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @param name as Prometheus has it · @param buckets upper bounds, ascending */
  note(name: string, value: number, {labels, buckets}: {labels: Attributes; buckets: readonly number[]}): void {
    const span = trace.getSpan(context.active())?.spanContext();
    // One that is not recorded leads nowhere.
    if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0) return;
    const bound = buckets.find((upper) => value <= upper);
    const pairs = Object.entries(labels).map(([label, said]) => [label, String(said)] as const);
    const key = keyOf(name, pairs, bound === undefined ? '+Inf' : String(bound));
    if (!this.#newest.has(key) && this.#newest.size >= MOST) return;
    this.#newest.set(key, {traceId: span.traceId, value, atMs: this.now()});
  }

  /** A text of Prometheus in the format of OpenMetrics, with what there is for its buckets. */
  openMetrics(text: string): string {
    const lines = text.split('\n').filter((line) => line !== '');
    return `${lines.map((line) => (line.startsWith('#') ? ofFamily(line) : this.#withExemplar(line))).join('\n')}\n# EOF\n`;
  }

  #withExemplar(line: string): string {
    const [, name, said] = BUCKET.exec(line) ?? [];
    if (name === undefined || said === undefined) return line;
    const labels = [...said.matchAll(LABEL)].map(([, label = '', value = '']) => [label, value] as const);
    const bound = labels.find(([label]) => label === 'le')?.[1] ?? '';
    const series = labels.filter(([label]) => label !== 'le');
    const found = this.#newest.get(keyOf(name, series, bound));
    if (found === undefined) return line;
    return `${line} # {trace_id="${found.traceId}"} ${String(found.value)} ${String(found.atMs / 1_000)}`;
  }
}

// There a family of counters has its name without the end that its samples have.
const ofFamily = (line: string): string => line.replace(/^(# (?:HELP|TYPE) \w+?)_total(?= )/, '$1');

/** Of this process, as its instruments are. */
export const EXEMPLARS = new Exemplars();
