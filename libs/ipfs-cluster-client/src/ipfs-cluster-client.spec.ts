import {createServer} from 'node:http';
import type {RequestListener, Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {IpfsClusterClient} from './ipfs-cluster-client.js';

const servers: Server[] = [];
async function peer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const adds: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end(JSON.stringify([{name: 'pack.car', cid: 'root', size: 1}])));
};
const add = (client: IpfsClusterClient) =>
  client.addCar(Uint8Array.of(1), {replicationMin: 2, replicationMax: 3, name: 'pack'});

describe('IpfsClusterClient', () => {
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('adds through another peer within seconds of one that hangs, and goes to that one first then', async () => {
    const hung: boolean[] = [];
    const hangs = await peer((_request, response) => {
      hung.push(true);
      response.on('close', () => hung.pop());
    });
    const client = new IpfsClusterClient({urls: [hangs, await peer(adds)]});
    const began = Date.now();
    expect(await add(client)).toEqual({root: 'root'});
    expect(Date.now() - began).toBeLessThan(6_000);
    const again = Date.now();
    await add(client);
    expect(Date.now() - again).toBeLessThan(1_500);
    expect(hung).toEqual([]);
  }, 30_000);

  it('adds at once through another peer when one refuses, and says so when all do', async () => {
    const refuses: RequestListener = (request, response) => {
      request.resume().on('end', () => response.writeHead(500).end('full'));
    };
    const began = Date.now();
    const client = new IpfsClusterClient({urls: [await peer(refuses), await peer(adds)]});
    expect(await add(client)).toEqual({root: 'root'});
    expect(Date.now() - began).toBeLessThan(2_000);
    const none = new IpfsClusterClient({urls: [await peer(refuses), await peer(refuses)]});
    await expect(add(none)).rejects.toMatchObject({code: 'ipfs-unavailable', meta: {status: 500}});
  });

  it('ends with who asked', async () => {
    const stopping = new AbortController();
    const client = new IpfsClusterClient({urls: [await peer(() => undefined), await peer(() => undefined)]});
    const options = {replicationMin: 2, replicationMax: 3, name: 'pack', signal: stopping.signal};
    const adding = client.addCar(Uint8Array.of(1), options);
    stopping.abort();
    await expect(adding).rejects.toMatchObject({code: 'ipfs-unavailable'});
  });
});
