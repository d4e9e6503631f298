import {appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ZipkinFeed} from './feed-zipkin.js';
import type {ZipkinSpan} from './zipkin-trace.js';

const line = (...names: string[]): string => {
  const times = {startTimeUnixNano: '1700000000000001000', endTimeUnixNano: '1700000000000003000'};
  const spans = names.map((name) => ({traceId: 'aa', spanId: name, name, ...times}));
  return `${JSON.stringify({resourceSpans: [{scopeSpans: [{spans}]}]})}\n`;
};

describe('what the Collector writes, given to Zipkin', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vv-feed-'));
  const file = join(dir, 'traces.jsonl');
  let server: Server;
  let taken: string[];
  let status: number;
  let feed: ZipkinFeed;

  beforeEach(async () => {
    [taken, status] = [[], 202];
    writeFileSync(file, '');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (status === 202) taken.push(...(JSON.parse(body) as ZipkinSpan[]).map(({name}) => name));
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    feed = new ZipkinFeed(file, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  afterAll(() => {
    rmSync(dir, {recursive: true});
  });

  it('is what was there and what comes, each once, and a line when it is whole', async () => {
    appendFileSync(file, line('a', 'b'));
    await feed.send();
    appendFileSync(file, line('c') + line('d').slice(0, 20));
    await feed.send();
    expect(taken).toEqual(['a', 'b', 'c']);
    appendFileSync(file, line('d').slice(20));
    await feed.send();
    expect([taken, feed.sent]).toEqual([['a', 'b', 'c', 'd'], 4]);
  });

  it('is sent again when it was not taken, and nothing before it', async () => {
    appendFileSync(file, line('a'));
    await feed.send();
    status = 503;
    appendFileSync(file, line('b'));
    await expect(feed.send()).rejects.toMatchObject({code: 'zipkin-away'});
    status = 202;
    await feed.send();
    expect(taken).toEqual(['a', 'b']);
  });

  it('begins anew with a file that was emptied, and waits for one that is not there', async () => {
    appendFileSync(file, line('a') + line('b'));
    await feed.send();
    truncateSync(file);
    appendFileSync(file, line('c'));
    await feed.send();
    rmSync(file);
    await feed.send();
    expect(taken).toEqual(['a', 'b', 'c']);
  });

  it('goes on behind a line that is longer than one reading', async () => {
    appendFileSync(file, `${'x'.repeat(9_500_000)}\n${line('a')}`);
    await feed.send();
    expect(taken).toEqual(['a']);
  });
});
