import {createServer} from 'node:http';
import type {RequestListener, Server} from 'node:http';
import {createServer as createTcpServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {EndpointError, httpEndpoint} from './rpc-endpoint.js';

describe('whether a node may have got a question that it did not answer', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function failure(answer: RequestListener, timeoutMs?: number): Promise<EndpointError> {
    const listening = createServer(answer);
    server = listening;
    await new Promise<void>((resolve) => {
      listening.listen(0, '127.0.0.1', resolve);
    });
    return asked(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`, timeoutMs);
  }
  const asked = (url: string, timeoutMs = 2_000): Promise<EndpointError> =>
    httpEndpoint(url, timeoutMs)
      .execute({jsonrpc: '2.0', id: 1, method: 'abci_query', params: {}}, new AbortController().signal)
      .then(
        () => Promise.reject(new Error('it answered')),
        (error: unknown) => error as EndpointError,
      );

  it.each<[string, RequestListener]>([
    ['it is silent', () => undefined],
    ['it breaks the connection off', (request) => request.socket.destroy()],
    ['it breaks off in its answer', (_request, response) => response.write('{', () => response.destroy())],
    ['a proxy answers for it', (_request, response) => response.writeHead(502).end('<html>')],
    ['it gives no result', (_request, response) => response.end('{"result":null}')],
  ])('yes: %s', async (_what, answer) => {
    expect(await failure(answer)).toMatchObject({name: 'EndpointError', sent: true});
  });

  it('yes: it answers more than an answer has, and is not listened to the end', async () => {
    let written = 0;
    const chunk = Buffer.alloc(1 << 20, ' ');
    const error = await failure((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
        if (!response.destroyed) written += chunk.length;
      };
      response.on('drain', more);
      more();
      // Its size ends it and no clock, however slow the machine is.
    }, 60_000);
    expect(error).toMatchObject({sent: true, cause: {message: 'an answer of more than 2097152 bytes'}});
    expect(written).toBeLessThan(64 << 20);
  });

  it('no: nobody listens there, or nobody has that name', async () => {
    await failure((_request, response) => response.end('{}'));
    const {port} = server?.address() as AddressInfo;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    // Our end of the connection that is kept has to see that it was closed.
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const url of [`http://127.0.0.1:${port}`, 'http://no-such-host.invalid:26657'])
      expect(await asked(url)).toMatchObject({name: 'EndpointError', sent: false});
  });

  it('no: the connection is never made, as long as it is waited for', async () => {
    // Accepts, and never shakes hands: a question can only follow the handshake.
    const silent = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const {port} = silent.address() as AddressInfo;
    expect(await asked(`https://127.0.0.1:${port}`, 150)).toMatchObject({name: 'EndpointError', sent: false});
    silent.close();
  });

  it('yes: it answers a crowd of empty values, which would be forty times as large when it is read', async () => {
    const crowd = Buffer.from(`{"result":{"a":[${'[],'.repeat(300_000)}[]]}}`);
    expect(await failure((_request, response) => response.end(crowd))).toMatchObject({sent: true});
  });
});
