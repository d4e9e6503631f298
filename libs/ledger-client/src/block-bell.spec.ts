import {createHash} from 'node:crypto';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {BlockBell} from './block-bell.js';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;

/** A frame of a server, RFC 6455 §5.2: not masked. */
function frame(first: number, payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A bell at a node that talks over its web socket. */
async function bell(): Promise<{bell: BlockBell; rings: () => number; say: (...frames: Buffer[]) => void}> {
  const server = createServer();
  const connected = new Promise<Duplex>((resolve) => {
    server.on('upgrade', (request, socket: Duplex) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key'] ?? ''}${GUID}`)
        .digest('base64');
      socket.on('error', () => undefined);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      resolve(socket);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  let rung = 0;
  const hung = new BlockBell(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
    rung += 1;
  });
  const socket = await connected;
  stops.push(() => {
    hung.close();
    socket.destroy();
    server.close();
  });
  return {bell: hung, rings: () => rung, say: (...frames) => void socket.write(Buffer.concat(frames))};
}

const text = (length: number): Buffer => frame(TEXT, Buffer.alloc(length, 0x20));

describe('a bell', () => {
  it('rings at a message, and is live from then on', async () => {
    const {bell: hung, rings, say} = await bell();
    expect(hung.live).toBe(false);
    say(text(100));
    await sleep(300);
    expect([rings(), hung.live]).toEqual([1, true]);
    say(text(120));
    await sleep(300);
    expect(rings()).toBe(2);
  });

  it('that is rung without an end wakes nobody by it', async () => {
    const {bell: hung, rings, say} = await bell();
    say(...Array.from({length: 5_000}, () => text(10)));
    await sleep(500);
    expect(rings()).toBeGreaterThan(0);
    expect(rings()).toBeLessThan(10);
    expect(hung.live).toBe(true);
  });

  it.each<[string, Buffer]>([
    ['more than a header has', text(65_537)],
    ['what is no text', frame(0x82, Buffer.alloc(100))],
  ])('that says %s is taken down, and rings no more', async (_what, said) => {
    const {bell: hung, rings, say} = await bell();
    say(said, text(10));
    await sleep(500);
    expect([rings(), hung.live, hung.dead]).toEqual([0, false, true]);
  });
});
