import {askedQuery} from './asked-query.ts';
import type {PanelValues, Series, Span} from './draw-dashboard.ts';
import type {Dashboard, Query} from './panel.ts';

const STEPS = 120;
const LEAST_STEP_S = 5;

interface RangeAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** Values of every panel of a dashboard in a time. @param prometheus its address */
export async function valuesOver(
  prometheus: string,
  {rows}: Dashboard,
  span: Span,
  program: string,
): Promise<PanelValues> {
  const values = rows
    .flatMap(({panels}) => panels)
    .map(async (panel) => {
      const series = await Promise.all(panel.queries.map((query) => seriesOf(prometheus, query, span, program)));
      return [panel, series.flat()] as const;
    });
  return new Map(await Promise.all(values));
}

async function seriesOf(prometheus: string, query: Query, span: Span, program: string): Promise<Series[]> {
  const step = Math.max(LEAST_STEP_S, Math.round((span.to - span.from) / STEPS));
  const parameters = {
    query: askedQuery(query.expr, program),
    start: String(span.from),
    end: String(span.to),
    step: String(step),
  };
  const url = new URL('/api/v1/query_range', prometheus);
  url.search = new URLSearchParams(parameters).toString();
  const {status, error, data} = (await (await fetch(url)).json()) as RangeAnswer;
  if (status !== 'success') throw new Error(`${query.expr}: ${error ?? status}`);
  return (data?.result ?? []).map(({metric, values}) => ({
    legend: query.legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    points: withGaps(
      values.map(([time, value]) => [time, Number(value)] as const),
      step,
    ),
  }));
}

/** Prometheus leaves out what it does not have: a line would go on over it. */
const withGaps = (points: readonly (readonly [number, number])[], step: number): (readonly [number, number])[] =>
  points.flatMap((point, i) => {
    const before = points[i - 1];
    return before !== undefined && point[0] - before[0] > 1.5 * step
      ? [[before[0] + step, NaN] as const, point]
      : [point];
  });
