import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {startTelemetry} from '../telemetry/start-telemetry.js';
import {extractContext} from '../telemetry/trace-context.js';
import {withSpan} from '../telemetry/with-span.js';
import {Exemplars} from './exemplars.js';
import {histogram} from './instruments.js';
import {startMetrics} from './start-metrics.js';

const telemetry = startTelemetry({
  service: 'spec',
  otlpUrl: 'http://127.0.0.1:1',
  exporter: new InMemorySpanExporter(),
});
const metrics = startMetrics({service: 'spec'});
afterAll(async () => {
  await metrics.shutdown();
  await telemetry.shutdown();
});

const ACCEPT = 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2';
const traceOf = (digit: string): string => digit.repeat(32);
const within = (digit: string, run: () => void, flags = '01'): Promise<void> =>
  withSpan('spec', {parent: extractContext({traceparent: `00-${traceOf(digit)}-b7ad6b7169203331-${flags}`})}, run);

async function asked(accept?: string): Promise<{type: string; lines: string[]}> {
  let [type, text] = ['', ''];
  const response = {
    writeHead: (_: number, headers: Record<string, string>) => {
      type = headers['content-type'] ?? '';
      return response;
    },
    end: (body: string) => void (text = body),
  };
  await metrics.answer(response as never, accept);
  return {type, lines: text.split('\n')};
}

describe('exemplars', () => {
  it('name for each bucket the newest trace in which a value of it was measured', async () => {
    const delay = histogram('vitalvault.record.delay');
    await within('a', () => delay(0.3, {phase: 'anchored'}));
    await within('b', () => delay(0.4, {phase: 'anchored'}));
    await within('c', () => delay(100_000, {phase: 'anchored'}));
    delay(4, {phase: 'anchored'});
    await within('d', () => delay(4, {phase: 'stored'}), '00');
    const {type, lines} = await asked(ACCEPT);
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const named = lines.filter((line) => line.includes(' # '));
    expect(named.map((line) => line.replace(/ [\d.]+$/, ''))).toEqual([
      `vitalvault_record_delay_seconds_bucket{phase="anchored",le="0.5"} 2 # {trace_id="${traceOf('b')}"} 0.4`,
      `vitalvault_record_delay_seconds_bucket{phase="anchored",le="+Inf"} 4 # {trace_id="${traceOf('c')}"} 100000`,
    ]);
    expect(Number(named[0]?.split(' ').at(-1))).toBeCloseTo(Date.now() / 1_000, -2);
  });

  it('are of the histograms that the catalogue says', async () => {
    const call = histogram('rpc.server.call.duration');
    await within('e', () => call(0.3, {'rpc.method': 'a/B', 'rpc.response.status_code': 'OK'}));
    expect((await asked(ACCEPT)).lines.join()).not.toContain(traceOf('e'));
  });

  it('come in the format of OpenMetrics alone: counters by the name of their family, no empty line, an end', async () => {
    const {lines} = await asked(ACCEPT);
    expect(lines).toContain('# TYPE process_cpu_time_seconds counter');
    expect(lines.some((line) => line.startsWith('process_cpu_time_seconds_total{'))).toBe(true);
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    expect(lines.indexOf('')).toBe(lines.length - 1);
    for (const accept of [undefined, '*/*', 'text/plain;version=0.0.4', 'application/openmetrics-text;version=0.0.1']) {
      const plain = await asked(accept);
      expect([plain.type, plain.lines.some((line) => / # |EOF/.test(line))]).toEqual([
        'text/plain; version=0.0.4; charset=utf-8',
        false,
      ]);
      expect(plain.lines).toContain('# TYPE process_cpu_time_seconds_total counter');
    }
  });

  it('are no more than so many', async () => {
    const exemplars = new Exemplars(() => 1_000);
    await within('f', () => {
      for (let n = 0; n <= 2_000; n++) exemplars.note('h', 1, {labels: {kind: String(n)}, buckets: [1]});
    });
    const line = (n: number): string => `h_bucket{kind="${n}",le="1"} 1`;
    const [first, last] = exemplars.openMetrics(`${line(0)}\n${line(2_000)}\n`).split('\n');
    expect([first, last]).toEqual([`${line(0)} # {trace_id="${traceOf('f')}"} 1 1`, line(2_000)]);
  });
});
