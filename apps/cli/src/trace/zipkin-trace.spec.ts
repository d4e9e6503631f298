import {createServer} from 'node:http';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Span} from './otlp-lines.js';
import {spanTree} from './span-tree.js';
import {joinedTrace, sendToZipkin, zipkinPage} from './zipkin-trace.js';
import type {ZipkinSpan} from './zipkin-trace.js';

const POSTED = '0'.repeat(31) + 'a';
const BLOCK = 'b'.repeat(32);
const CALLER = 'c'.repeat(32);

const span = (spanId: string, more: Partial<Span>): Span => ({
  traceId: POSTED,
  spanId,
  parentSpanId: '',
  name: spanId,
  service: 'ingest',
  kind: 1,
  startUs: 10,
  endUs: 30,
  attributes: {},
  links: [],
  failed: false,
  ...more,
});

const spans = [
  span('post', {kind: 2, links: [{traceId: CALLER, spanId: 'call'}]}),
  span('send', {parentSpanId: 'post', kind: 4, attributes: {'messaging.system': 'kafka'}}),
  span('tx', {traceId: BLOCK, service: 'ledger-abci', links: [{traceId: POSTED, spanId: 'send'}], failed: true}),
  span('leaf', {traceId: BLOCK, service: 'ledger-abci', parentSpanId: 'tx', endUs: 10}),
];
const joined = (traceId: string): ZipkinSpan[] => joinedTrace(spanTree(spans, traceId).placed, traceId);

describe('a tree for Zipkin', () => {
  it('is one trace with an id of its own, in which what links to a span stands below it', () => {
    const trace = joined(POSTED);
    expect(new Set(trace.map(({traceId}) => traceId))).toEqual(new Set(['f'.repeat(31) + '5']));
    expect(trace.map(({id, parentId}) => [id, parentId])).toEqual([
      ['post', undefined],
      ['send', 'post'],
      ['tx', 'send'],
      ['leaf', 'tx'],
    ]);
  });

  it('has what was begun for a caller below his span, which is not here', () => {
    expect(joined(CALLER)[0]).toMatchObject({id: 'post', parentId: 'call'});
  });

  it('says of each span its trace, whether a link leads to it, whether it failed, and who is on the other side', () => {
    const [post, send, tx, leaf] = joined(POSTED);
    expect(post).toMatchObject({kind: 'SERVER', tags: {trace: POSTED}, timestamp: 10, duration: 20});
    expect(send).toMatchObject({kind: 'PRODUCER', remoteEndpoint: {serviceName: 'kafka'}});
    expect(tx?.tags).toEqual({trace: BLOCK, cause: 'a link', 'links to': POSTED, error: 'true'});
    expect(tx?.localEndpoint).toEqual({serviceName: 'ledger-abci'});
    expect(leaf).toMatchObject({kind: undefined, remoteEndpoint: undefined, tags: {trace: BLOCK}});
  });

  it('gives no span the length 0, for Zipkin shows none that has', () => {
    expect(joined(POSTED).at(-1)?.duration).toBe(1);
  });
});

describe('sending to Zipkin', () => {
  let server: Server;
  let taken: {path: string | undefined; spans: ZipkinSpan[]}[];
  let status: number;
  let url: string;

  beforeEach(async () => {
    [taken, status] = [[], 202];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        taken.push({path: request.url, spans: JSON.parse(body) as ZipkinSpan[]});
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('takes turns', async () => {
    const many = Array.from({length: 1_001}, (_, i) => ({...joined(POSTED)[0], id: String(i)}) as ZipkinSpan);
    await sendToZipkin(url, many);
    expect(taken.map(({path, spans: some}) => [path, some.length])).toEqual([
      ['/api/v2/spans', 500],
      ['/api/v2/spans', 500],
      ['/api/v2/spans', 1],
    ]);
    expect(taken.flatMap(({spans: some}) => some.map(({id}) => id))).toEqual(many.map(({id}) => id));
  });

  it('has a page of each trace', () => {
    expect(zipkinPage('http://127.0.0.1:1', 'ab')).toBe('http://127.0.0.1:1/zipkin/traces/ab');
  });

  it('says when they are not taken, or nobody is there', async () => {
    status = 500;
    const about = {code: 'zipkin-away', exit: 3};
    await expect(sendToZipkin(url, joined(POSTED))).rejects.toMatchObject({
      ...about,
      message: `${url} takes no spans: HTTP 500.`,
    });
    await new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
    await expect(sendToZipkin(url, joined(POSTED))).rejects.toMatchObject({
      ...about,
      message: expect.stringMatching(/takes no spans: (?!HTTP).+\.$/) as string,
    });
  });
});
