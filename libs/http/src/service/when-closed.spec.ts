import {createServer, request} from 'node:http';
import type {AddressInfo} from 'node:net';
import {once} from 'node:events';
import {whenClosed} from './when-closed.js';

/** A server whose handler looks at something first, for as long as `look`. */
async function closings(look: () => Promise<unknown>, go: (port: number) => Promise<unknown>): Promise<number> {
  let closed = 0;
  const handled = Promise.withResolvers<boolean>();
  const server = createServer((_request, answer) => {
    void look().then(() => {
      whenClosed(answer, () => (closed += 1));
      answer.end();
      setImmediate(() => handled.resolve(true));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await go((server.address() as AddressInfo).port);
  await handled.promise;
  server.close();
  await once(server, 'close');
  return closed;
}

describe('whenClosed', () => {
  it('tells once that the answer has left', async () => {
    const asked = async (port: number): Promise<void> => {
      await (await fetch(`http://127.0.0.1:${String(port)}`, {headers: {connection: 'close'}})).text();
    };
    expect(await closings(() => Promise.resolve(), asked)).toBe(1);
  });

  it('tells it at once of a connection that was gone before anybody listened', async () => {
    const [arrived, gone] = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
    const look = (): Promise<boolean> => {
      arrived.resolve(true);
      return gone.promise;
    };
    const leave = async (port: number): Promise<void> => {
      const client = request({port, host: '127.0.0.1'});
      client.on('error', () => undefined).end();
      await arrived.promise;
      client.destroy();
      setTimeout(() => gone.resolve(true), 100);
    };
    expect(await closings(look, leave)).toBe(1);
  });
});
