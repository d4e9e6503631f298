// What a query's selectors compare with, beside what the catalogue lets there be: a value that nothing tells selects
// nothing, and an alert that needs it never fires.
import type {Metric} from '@vitalvault/process';

const SELECTOR = /([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\}/g;
const MATCHER = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g;
/** Of whoever scrapes, and of a histogram. */
const EVERYWHERE: ReadonlySet<string> = new Set(['namespace', 'instance', 'pod', 'job', 'le', 'otel_metric_overflow']);
/** Values one by one; another regular expression, or one with a variable of a dashboard, is nobody's name. */
const NAMES = /^[\w/-]*(?:\|[\w/-]*)*$/;

/** @param metricOf that of a name in a query @returns labels and values that it does not have */
export function faultsOfMatchers(query: string, metricOf: (called: string) => Metric | undefined): string[] {
  return [...query.matchAll(SELECTOR)].flatMap(([, name = '', matchers = '']) => {
    const metric = metricOf(name);
    if (metric === undefined) return [];
    return [...matchers.matchAll(MATCHER)].flatMap(([, label = '', value = '']) =>
      faultsOfMatcher(metric, label, value).map((fault) => `${name} has no ${fault}`),
    );
  });
}

function faultsOfMatcher({labels = {}, maybe = {}, of}: Metric, label: string, value: string): string[] {
  if (EVERYWHERE.has(label)) return [];
  const known: Readonly<Record<string, unknown>> = {
    program: of,
    ...Object.fromEntries(
      Object.entries({...labels, ...maybe}).map(([name, bound]) => [name.replaceAll('.', '_'), bound]),
    ),
  };
  if (!(label in known)) return [label];
  const bound = known[label];
  if (!Array.isArray(bound) || !NAMES.test(value)) return [];
  return value
    .split('|')
    .filter((one) => one !== '' && !bound.includes(one))
    .map((one) => `${label}="${one}"`);
}
