import {spansOfLine} from './otlp-lines.js';
import type {Span} from './otlp-lines.js';
import {spanTree} from './span-tree.js';
import {drawWaterfall} from './waterfall.js';

const span = (spanId: string, parentSpanId: string, startUs: number, more: Partial<Span> = {}): Span => ({
  traceId: 'aa',
  spanId,
  parentSpanId,
  name: `n-${spanId}`,
  service: 'svc',
  kind: 1,
  startUs,
  endUs: startUs + 1000,
  attributes: {},
  links: [],
  failed: false,
  ...more,
});
const to = (spanId: string, traceId = 'aa') => ({traceId, spanId});
const order = (spans: Span[]) =>
  spanTree(spans, 'aa').placed.map(({span: s, depth, byLink}) => `${'.'.repeat(depth)}${byLink ? '~' : ''}${s.spanId}`);

describe('span tree', () => {
  const spans = [
    span('child', 'root', 2000),
    span('root', 'caller', 1000),
    span('late', 'root', 9000),
    span('grandchild', 'child', 3000),
    span('block', '', 5000, {traceId: 'bb', links: [to('grandchild')]}),
    span('below-block', 'block', 6000, {traceId: 'bb'}),
    span('stranger', '', 4000, {traceId: 'cc'}),
  ];

  it('follows parents and links, causes first, and leaves other traces alone', () => {
    expect(order(spans)).toEqual(['root', '.child', '..grandchild', '...~block', '....below-block', '.late']);
    expect(spanTree(spans, 'aa').unreachable).toEqual([]);
  });

  it('names spans of the trace that nothing leads to', () => {
    const orphan = span('orphan', 'lost', 2500);
    expect(spanTree([...spans, orphan], 'aa').unreachable).toEqual([orphan]);
  });

  it('takes a second call of the same caller for a second root', () => {
    expect(order([...spans, span('retry', 'caller', 8000)])).toContain('retry');
  });

  it('takes what services began for the requests of a caller, whose own spans are not here, and what is lost of it', () => {
    const begun = [
      span('second', '', 7000, {traceId: 'dd', links: [to('asking', 'ff')]}),
      span('first', '', 1000, {traceId: 'ee', links: [to('asking', 'ff')]}),
      span('below', 'first', 2000, {traceId: 'ee'}),
      span('block', '', 3000, {traceId: 'bb', links: [to('below', 'ee')]}),
      span('orphan', 'lost', 2500, {traceId: 'ee'}),
      span('stranger', '', 4000, {traceId: 'cc', links: [to('asking', '99')]}),
    ];
    const {placed, unreachable} = spanTree(begun, 'ff');
    expect(placed.map(({span: s, depth, byLink}) => `${'.'.repeat(depth)}${byLink ? '~' : ''}${s.spanId}`)).toEqual([
      '~first',
      '.below',
      '..~block',
      '~second',
    ]);
    expect(unreachable.map(({spanId}) => spanId)).toEqual(['orphan']);
  });

  it('ends when links make a circle', () => {
    expect(
      order([span('root', '', 0, {links: [to('child')]}), span('child', 'root', 1, {links: [to('root')]})]),
    ).toHaveLength(2);
  });

  it('has nothing for a trace that is not there', () => {
    expect(spanTree(spans, 'ff')).toEqual({placed: [], unreachable: []});
  });
});

describe('waterfall', () => {
  it('gives each span a bar from its start, as long as it took', () => {
    const tree = spanTree(
      [span('root', '', 0, {endUs: 100_000}), span('second', 'root', 50_000, {endUs: 100_000, failed: true})],
      'aa',
    );
    const [first, second] = drawWaterfall(tree.placed, 100) as [string, string];
    const barOf = (line: string) => line.slice(68);
    expect(barOf(first)).toMatch(/━+$/);
    expect(barOf(second).trimStart()).toMatch(/^x+$/);
    expect(barOf(second).trimStart().length * 2).toBeGreaterThanOrEqual(barOf(first).trimStart().length - 1);
    expect(second).toContain('50.0');
    expect(first).toHaveLength(second.length);
  });
});

describe('waterfall of like spans', () => {
  it('puts them in one line, but never a span with others below it', () => {
    const spans = [
      span('root', '', 0),
      span('a', 'root', 10, {name: 'get'}),
      span('b', 'root', 20, {name: 'get'}),
      span('c', 'root', 30, {name: 'get'}),
      span('below-c', 'c', 40),
    ];
    const lines = drawWaterfall(spanTree(spans, 'aa').placed, 100);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain('svc get ×2');
  });
});

describe('lines of the Collector', () => {
  it('are read with service, times, links and status', () => {
    const line = JSON.stringify({
      resourceSpans: [
        {
          resource: {attributes: [{key: 'service.name', value: {stringValue: 'ingest'}}]},
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'aa',
                  spanId: '01',
                  parentSpanId: '02',
                  name: 'POST',
                  kind: 2,
                  startTimeUnixNano: '1700000000000001000',
                  endTimeUnixNano: '1700000000000003999',
                  attributes: [{key: 'n', value: {intValue: '7'}}],
                  links: [{traceId: 'bb', spanId: '03'}],
                  status: {code: 2},
                },
              ],
            },
          ],
        },
      ],
    });
    expect(spansOfLine(line)).toEqual([
      {
        traceId: 'aa',
        spanId: '01',
        parentSpanId: '02',
        name: 'POST',
        service: 'ingest',
        kind: 2,
        startUs: 1_700_000_000_000_001,
        endUs: 1_700_000_000_000_003,
        attributes: {n: '7'},
        links: [{traceId: 'bb', spanId: '03'}],
        failed: true,
      },
    ]);
  });

  it('that were cut off are left out', () => expect(spansOfLine('{"resourceSpans":[{"resou')).toEqual([]));
});
