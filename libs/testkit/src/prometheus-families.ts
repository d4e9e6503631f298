/** One line of what a process tells Prometheus. */
export interface PrometheusSample {
  /** With `_bucket`, `_sum`, `_count` of a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly PrometheusSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const META = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = new RegExp(`(${NAME})="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"(?:,|$)`, 'y');
const OF_A_HISTOGRAM = /_(?:bucket|sum|count)$/;

/**
 * Reads the text format of Prometheus (0.0.4), strictly: each sample under the family that was announced before it.
 * @returns families by name
 * @throws Error for a line that Prometheus would not take, and for a sample that is there twice
 */
export function prometheusFamilies(text: string): ReadonlyMap<string, PrometheusFamily> {
  const families = new Map<string, {type: string; help: string; samples: PrometheusSample[]}>();
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const meta = META.exec(line);
    if (meta !== null) {
      const [, what, name = '', said = ''] = meta;
      const family = families.get(name) ?? {type: 'untyped', help: '', samples: []};
      if (what === 'TYPE') family.type = said;
      else family.help = said;
      families.set(name, family);
      continue;
    }
    if (line.startsWith('#')) continue;
    const sample = sampleOf(line);
    const family = families.get(sample.name) ?? families.get(sample.name.replace(OF_A_HISTOGRAM, ''));
    if (family === undefined) throw new Error(`no family was announced for: ${line}`);
    const place = line.slice(0, line.lastIndexOf(' '));
    if (seen.has(place)) throw new Error(`twice: ${place}`);
    seen.add(place);
    family.samples.push(sample);
  }
  return families;
}

function sampleOf(line: string): PrometheusSample {
  const [, name = '', inner = '', said = ''] = SAMPLE.exec(line) ?? [];
  const value = said === '+Inf' ? Infinity : said === '-Inf' ? -Infinity : Number(said);
  if (name === '' || said === '' || (Number.isNaN(value) && said !== 'NaN')) throw new Error(`no sample: ${line}`);
  return {name, labels: labelsOf(inner, line), value};
}

function labelsOf(inner: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const [, label, written] = LABEL.exec(inner) ?? [];
    if (label === undefined || written === undefined) throw new Error(`no labels: ${line}`);
    labels[label] = written.replaceAll(/\\(.)/g, (_all, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}
