import {describe, expect, it, jest} from '@jest/globals';
import {seededRandom} from '@vitalvault/envelope/testing';
import {newSigningKey} from '../keys/stored-key.js';
import {ApiClient} from './api-client.js';
import type {ApiOptions} from './api-client.js';

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({code, status, detail: 'why', remedy: 'what to do', instance: 'trace', meta: {n: 1}}), {
    status,
    headers,
  });

function client(
  answers: (Response | Error)[],
  {answerMs = 0, ...options}: Partial<ApiOptions> & {answerMs?: number} = {},
) {
  const seen: Request[] = [];
  const waits: number[] = [];
  let nowMs = 1_700_000_000_000;
  const api = new ApiClient({
    endpoints: {ingest: 'http://i', policy: 'http://p', storage: 'http://s', notify: 'http://n'},
    organisation: '11'.repeat(20),
    environment: {
      now: () => nowMs,
      random: seededRandom('client'),
      sleep: (ms) => {
        waits.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
      fetch: (input, init) => {
        seen.push(new Request(input as URL, init));
        nowMs += answerMs;
        const answer = answers.shift();
        return answer instanceof Error || answer === undefined
          ? Promise.reject(answer ?? new Error('too many calls'))
          : Promise.resolve(answer);
      },
    },
    ...options,
  });
  return {api, seen, waits};
}

describe('calling a service', () => {
  it('gives its problem document as an error', async () => {
    const {api, seen} = client([problem(403, 'access-refused')]);
    await expect(api.get('storage', '/v1/x')).rejects.toMatchObject({
      code: 'access-refused',
      status: 403,
      detail: 'why',
      remedy: 'what to do',
      instance: 'trace',
      meta: {n: 1},
    });
    expect(seen).toHaveLength(1);
  });

  it('tries again after 503, 429 and a broken connection, each time signed anew', async () => {
    const {api, seen, waits} = client([
      problem(503, 'behind'),
      problem(429, 'quota-exceeded', {'retry-after': '3'}),
      new TypeError('fetch failed'),
      new Response('{"a":1}'),
    ]);
    expect(
      (await api.post('policy', '/v1/x', {signer: newSigningKey(seededRandom('k')), body: {a: 1}})).json(),
    ).toEqual({a: 1});
    expect(seen).toHaveLength(4);
    expect(waits).toHaveLength(3);
    expect(waits[1]).toBe(3_000);
    expect(new Set(seen.map(({headers}) => headers.get('signature'))).size).toBe(4);
  });

  it('waits longer from attempt to attempt and gives up in the end', async () => {
    const {api, waits} = client(Array.from({length: 6}, () => problem(503, 'behind')));
    await expect(api.get('policy', '/v1/x')).rejects.toMatchObject({code: 'behind'});
    expect(waits).toHaveLength(5);
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(100 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(300 * 2 ** i);
    });
  });

  it('comes again for half a minute where it is told when, unless somebody said how often', async () => {
    const away = () => Array.from({length: 40}, () => problem(503, 'bus-unavailable', {'retry-after': '2'}));
    const {api, waits} = client(away());
    await expect(api.get('ingest', '/v1/x')).rejects.toMatchObject({code: 'bus-unavailable'});
    const waited = waits.reduce((sum, wait) => sum + wait, 0);
    expect(waited).toBeGreaterThanOrEqual(30_000);
    expect(waited - (waits.at(-1) ?? 0)).toBeLessThan(30_000);
    // The half minute is that of the clock: answers take their time, too.
    const slow = client(away(), {answerMs: 5_000});
    await expect(slow.api.get('ingest', '/v1/x')).rejects.toMatchObject({code: 'bus-unavailable'});
    expect(slow.seen).toHaveLength(6);
    const twice = client(away(), {attempts: 2});
    await expect(twice.api.get('ingest', '/v1/x')).rejects.toMatchObject({code: 'bus-unavailable'});
    expect(twice.waits).toHaveLength(1);
  });

  it('waits for the longest that a service of ours asks for', async () => {
    const {api, waits} = client([problem(503, 'storage-behind', {'retry-after': '30'}), new Response('{}')]);
    await api.get('ingest', '/v1/x');
    expect(waits).toEqual([30_000]);
  });

  it('gives a large body the time that it takes over a slow line', async () => {
    const timeouts: number[] = [];
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    timeout.mockImplementation((ms) => {
      timeouts.push(ms);
      return new AbortController().signal;
    });
    const {api} = client([new Response('{}'), new Response('{}')]);
    await api.get('ingest', '/v1/x');
    await api.post('ingest', '/v1/x', {body: new Uint8Array(1_048_576)});
    timeout.mockRestore();
    expect(timeouts).toEqual([30_000, 82_429]);
  });

  it('does not wait for a Retry-After that is too long, nor repeat what was refused', async () => {
    const long = client([problem(429, 'quota-exceeded', {'retry-after': '600'})]);
    await expect(long.api.get('ingest', '/v1/x')).rejects.toMatchObject({
      code: 'quota-exceeded',
      retryAfterSeconds: 600,
    });
    expect(long.waits).toEqual([]);
    const refused = client([problem(409, 'sequence-conflict')]);
    await expect(refused.api.get('ingest', '/v1/x')).rejects.toMatchObject({code: 'sequence-conflict'});
    expect(refused.seen).toHaveLength(1);
  });

  it('says so when an answer is no problem document or no JSON, or nobody is there', async () => {
    await expect(client([new Response('<html>', {status: 502})]).api.get('policy', '/')).rejects.toMatchObject({
      code: 'network',
      status: 502,
    });
    const {api} = client([new Response('<html>')]);
    const answer = await api.get('policy', '/');
    expect(() => answer.json()).toThrow(expect.objectContaining({code: 'answer-malformed'}));
    await expect(client([new TypeError('fetch failed')], {attempts: 1}).api.get('policy', '/')).rejects.toMatchObject({
      code: 'network',
    });
  });

  it('sends bytes under their media type, JSON as JSON, and the headers of the caller', async () => {
    const {api, seen} = client([new Response('{}'), new Response('{}')], {
      headers: () => ({traceparent: '00-ab-cd-01'}),
    });
    await api.post('ingest', '/v1/records', {
      body: Uint8Array.of(1),
      contentType: 'records',
      query: {a: 1, b: undefined},
    });
    await api.post('ingest', '/v1/other', {body: {x: 1}});
    expect(seen.map(({headers}) => headers.get('content-type'))).toEqual([
      'application/vnd.vitalvault.records.v1+protobuf',
      'application/json',
    ]);
    expect(seen[0]?.headers.get('traceparent')).toBe('00-ab-cd-01');
    expect(seen[0]?.url).toBe('http://i/v1/records?a=1');
    expect(seen[0]?.headers.get('signature')).toBeNull();
  });
});
