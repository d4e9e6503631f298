import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {startTelemetry} from '@vitalvault/process';
import {LedgerSpans} from './ledger-spans.js';

test("spans by height, with no hash of a transaction, linked to the sender's span; nothing else", async () => {
  const exporter = new InMemorySpanExporter();
  const kept: ReturnType<InMemorySpanExporter['getFinishedSpans']> = [];
  const telemetry = startTelemetry({
    service: 'ledger-abci',
    otlpUrl: 'http://127.0.0.1:1',
    exporter: {
      export: (spans, done) => {
        kept.push(...spans);
        done({code: 0});
      },
      shutdown: () => exporter.shutdown(),
    },
  });
  const spans = new LedgerSpans();
  const hash = new Uint8Array(32).fill(0xab);
  const name = Buffer.from(hash).toString('latin1');
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  expect(spans.expect(hash, `00-${traceId}-${spanId}-01`)).toBe(true);
  expect([spans.expect(hash, 'nonsense'), spans.expect(hash.slice(1), `00-${traceId}-${spanId}-01`)]).toEqual([
    false,
    false,
  ]);
  spans.checked({name, code: 0}, Date.now());
  spans.finalized(
    {
      height: 7n,
      txs: [
        {name, code: 0},
        {name: 'x'.repeat(32), code: 23},
      ],
    },
    Date.now(),
  );
  await telemetry.shutdown();
  expect(kept.map((span) => [span.name, span.attributes, span.links.map(({context}) => context.spanId)])).toEqual([
    ['ledger.check_tx', {'vitalvault.code': 0}, [spanId]],
    ['ledger.finalize_tx', {'vitalvault.code': 0}, [spanId]],
    ['ledger.finalize_tx', {'vitalvault.code': 23}, []],
    ['ledger.finalize_block', {'vitalvault.height': 7, 'vitalvault.tx_count': 2}, []],
  ]);
  const block = kept.at(-1);
  expect(kept[1]?.parentSpanContext?.spanId).toBe(block?.spanContext().spanId);
});
