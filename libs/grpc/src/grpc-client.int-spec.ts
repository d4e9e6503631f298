import {Server, ServerCredentials} from '@grpc/grpc-js';
import type {ServerUnaryCall, UntypedServiceImplementation, sendUnaryData} from '@grpc/grpc-js';
import {jest} from '@jest/globals';
import {StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import {eventually, freePort} from '@vitalvault/testkit';
import dns from 'node:dns';
import http2 from 'node:http2';
import {connect, createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {grpcClient} from './grpc-client.js';
import {grpcOptions} from './grpc-options.js';
import {serviceDefinition} from './package-definition.js';

type Answering = (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<object>) => void;

const clientOf = (port: number, host = '127.0.0.1') =>
  grpcClient(StorageService, {url: `${host}:${String(port)}`, unavailable: 'storage-unavailable', deadlineMs: 1_000});

/** A storage as the services' own options make it; ends with the test. */
async function serving(answering: Answering, address = '127.0.0.1:0'): Promise<{server: Server; port: number}> {
  const {options} = grpcOptions({services: [StorageService], url: address});
  const server = new Server(options.channelOptions);
  server.addService(serviceDefinition(StorageService), {GetBacklog: answering} as UntypedServiceImplementation);
  const bound = Promise.withResolvers<number>();
  server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) bound.resolve(port);
    else bound.reject(error);
  });
  ended.push(() => {
    server.forceShutdown();
  });
  return {server, port: await bound.promise};
}

/** Passes everything on, until what is open vanishes: no byte and no FIN more, either way. */
async function proxyTo(port: number) {
  const pairs: [Socket, Socket][] = [];
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    pairs.push([near, far]);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  ended.push(() => {
    proxy.close();
    for (const socket of pairs.flat()) socket.destroy();
  });
  const vanish = (): void => {
    for (const [near, far] of pairs) for (const socket of [near, far]) socket.unpipe().pause();
  };
  return {port: (proxy.address() as AddressInfo).port, vanish, connections: () => pairs.length};
}

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0).reverse()) end();
});

describe('a gRPC client', () => {
  it.each(['while it calls', 'while nothing is asked'])(
    'leaves a peer that vanished without a word: %s',
    async (when) => {
      const {port} = await serving((_call, answer) => {
        answer(null, {unconsumed: 1n});
      });
      const proxy = await proxyTo(port);
      const client = clientOf(proxy.port);
      ended.push(() => {
        client.close();
      });
      await client.getBacklog({});
      proxy.vanish();
      if (when === 'while nothing is asked') {
        await sleep(6_500);
        await client.getBacklog({});
      } else await eventually(() => client.getBacklog({}), 7_000, 50);
      expect(proxy.connections()).toBe(2);
    },
  );

  it('tries again where its connection is taken and nothing is said', async () => {
    const {port} = await serving((_call, answer) => {
      answer(null, {unconsumed: 1n});
    });
    const taken: Socket[] = [];
    const proxy = createServer((near) => {
      near.on('error', () => undefined);
      taken.push(near);
      if (taken.length === 1) return;
      const far = connect(port, '127.0.0.1');
      far.on('error', () => undefined);
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const client = clientOf((proxy.address() as AddressInfo).port);
    ended.push(() => {
      client.close();
      proxy.close();
      for (const near of taken) near.destroy();
    });
    await eventually(() => client.getBacklog({}), 7_000, 50);
    expect(taken.length).toBe(2);
  });

  it('shares its calls among all addresses of the name, and leaves one that went', async () => {
    const port = await freePort();
    const asked = [0, 0];
    const hosts = ['127.0.0.1', '127.0.0.2'];
    const servers = [];
    for (const [place, host] of hosts.entries())
      servers.push(
        await serving(
          (_call, answer) => {
            asked[place] = (asked[place] ?? 0) + 1;
            answer(null, {});
          },
          `${host}:${String(port)}`,
        ),
      );
    const lookup = jest.spyOn(dns.promises, 'lookup');
    lookup.mockImplementation((() => Promise.resolve(hosts.map((address) => ({address, family: 4})))) as never);
    const client = clientOf(port, 'storage.invalid');
    ended.push(() => {
      client.close();
      lookup.mockRestore();
    });
    await eventually(async () => {
      await client.getBacklog({});
      expect(Math.min(...asked)).toBeGreaterThan(0);
    });
    asked.fill(0);
    for (let n = 0; n < 20; n++) await client.getBacklog({});
    expect(asked).toEqual([10, 10]);
    servers[0]?.server.forceShutdown();
    await eventually(() => client.getBacklog({}));
    for (let n = 0; n < 20; n++) await client.getBacklog({});
    expect(asked[0]).toBe(10);
  });

  it.each<[string, () => {deadlineMs?: number; signal?: AbortSignal}]>([
    ['its deadline is over', () => ({deadlineMs: 200})],
    ['nobody waits for the answer', () => ({deadlineMs: 20_000, signal: AbortSignal.timeout(200)})],
  ])('has the other side stop too when %s', async (_why, options) => {
    const cancelled = Promise.withResolvers<undefined>();
    const {port} = await serving((call) => {
      call.on('cancelled', () => {
        cancelled.resolve(undefined);
      });
    });
    const client = clientOf(port);
    ended.push(() => {
      client.close();
    });
    await expect(client.getBacklog({}, options())).rejects.toMatchObject({code: 'storage-unavailable'});
    await cancelled.promise;
  });

  it.each(['NGHTTP2_NO_ERROR', 'NGHTTP2_INTERNAL_ERROR', 'NGHTTP2_CANCEL'] as const)(
    'is told that the other side is away when that ends within its answer: %s',
    async (code) => {
      const broken = http2.createServer();
      broken.on('stream', (stream) => {
        stream.on('error', () => undefined);
        stream.respond({':status': 200, 'content-type': 'application/grpc'});
        stream.close(http2.constants[code]);
      });
      await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
      const client = clientOf((broken.address() as AddressInfo).port);
      ended.push(() => {
        client.close();
        broken.close();
      });
      await expect(client.getBacklog({})).rejects.toMatchObject({code: 'storage-unavailable'});
    },
  );
});
