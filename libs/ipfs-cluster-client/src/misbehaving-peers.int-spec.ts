import {cidOf} from '@vitalvault/envelope';
import {createServer} from 'node:http';
import type {RequestListener, Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {IpfsClusterClient} from './ipfs-cluster-client.js';
import {KuboClient} from './kubo-client.js';

// A peer of our own that misbehaves: what a real one cannot be made to do. The good cases run against the real ones
// (int-spec).
const servers: Server[] = [];
async function peer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
const pins = (...statuses: string[]): string =>
  JSON.stringify({cid: 'c', peer_map: Object.fromEntries(statuses.map((status, index) => [String(index), {status}]))});
const limits = {timeoutMs: 300, maxBytes: 10};

describe('IPFS clients and peers that misbehave', () => {
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each<[string, string, RequestListener]>([
    [
      'that is endless',
      'corrupt',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('xxxxxxxx'), 5);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
    ],
    ['longer than asked for', 'corrupt', (_request, response) => response.end('x'.repeat(11))],
    ['of other bytes', 'corrupt', (_request, response) => response.end('hellp')],
    ['that never comes', 'timeout', () => undefined],
    [
      'that stops half-way',
      'timeout',
      (_request, response) => {
        response.writeHead(200, {'content-length': 5}).write('he');
      },
    ],
    [
      'that redirects',
      'timeout',
      (_request, response) => response.writeHead(302, {location: 'http://127.0.0.1:1/'}).end(),
    ],
    ['that is an error of its own', 'timeout', (_request, response) => response.writeHead(403).end()],
    ['that it does not have', 'missing', (_request, response) => response.writeHead(404).end('no')],
    ['that it is too busy for', 'timeout', (_request, response) => response.writeHead(500).end('no')],
    ['that it did not find in time', 'timeout', (_request, response) => response.writeHead(504).end('no')],
    ['that is right', 'served', (_request, response) => response.end('hello')],
  ])('a block %s is %s', async (_what, outcome, listener) => {
    const kubo = new KuboClient({gatewayUrl: await peer(listener), index: 0});
    expect((await kubo.blockGet(cidOf(Buffer.from('hello')), limits)).outcome).toBe(outcome);
  });

  it('a peer that is away is no failure of ours', async () => {
    expect(
      await new KuboClient({gatewayUrl: 'http://127.0.0.1:1', index: 1}).blockGet(cidOf(Buffer.from('hello')), limits),
    ).toEqual({outcome: 'timeout'});
  });

  it('counts only peers that say pinned, and gives up in time', async () => {
    const url = await peer((_request, response) => response.end(pins('pinned', 'pinning', 'pin_error', 'remote')));
    const client = new IpfsClusterClient({urls: [url]});
    expect(await client.waitPinned('c', 1, 500)).toBe(1);
    await expect(client.waitPinned('c', 2, 300)).rejects.toMatchObject({code: 'ipfs-unavailable', meta: {replicas: 1}});
  });

  it('goes on with the next peer when one is away, and stays with it', async () => {
    let asked = 0;
    const good = await peer((_request, response) => {
      asked++;
      response.end(pins('pinned', 'pinned'));
    });
    const client = new IpfsClusterClient({urls: ['http://127.0.0.1:1', good]});
    expect(await client.waitPinned('c', 2, 500)).toBe(2);
    expect(asked).toBe(1);
  });

  it('a pin that is not there is none to take back', async () => {
    const url = await peer((_request, response) => response.writeHead(404).end('{}'));
    await new IpfsClusterClient({urls: [url]}).unpin('c');
    const full = await peer((_request, response) => response.writeHead(500).end('{}'));
    await expect(new IpfsClusterClient({urls: [full]}).unpin('c')).rejects.toMatchObject({code: 'ipfs-unavailable'});
  });

  it('ends what hangs when it is told to, and asks no further peer', async () => {
    let asked = 0;
    const hangs = (): Promise<string> =>
      peer(() => {
        asked++;
      });
    const client = new IpfsClusterClient({urls: [await hangs(), await hangs()]});
    const stopping = new AbortController();
    const adding = client.addCar(new Uint8Array(3), {
      ...{replicationMin: 1, replicationMax: 1, name: 'x'},
      signal: stopping.signal,
    });
    const waiting = client.waitPinned('c', 1, 60_000, stopping.signal);
    setTimeout(() => stopping.abort(), 100);
    const begun = performance.now();
    const ended = await Promise.allSettled([adding, waiting]);
    expect(ended.map(({status}) => status)).toEqual(['rejected', 'rejected']);
    expect([asked, performance.now() - begun < 2_000]).toEqual([2, true]);
  });

  it('an answer that is no answer is a failure, not a crash', async () => {
    const url = await peer((_request, response) => response.end('null'));
    const client = new IpfsClusterClient({urls: [url]});
    await expect(
      client.addCar(new Uint8Array(3), {replicationMin: 1, replicationMax: 1, name: 'x'}),
    ).rejects.toMatchObject({code: 'ipfs-unavailable'});
  });
});
