import {jest} from '@jest/globals';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {WebSocketServer} from 'ws';
import {WebSocketNode, serverFrame, textFrame as text} from '../testing/web-socket-node.js';
import {BlockBell} from './block-bell.js';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A bell at a node that talks over its web socket. */
async function bell() {
  const {promise: connected, resolve: greet} = Promise.withResolvers<Duplex>();
  const node = new WebSocketNode(greet);
  let rung = 0;
  const hung = new BlockBell(await node.listen(), () => {
    rung += 1;
  });
  const socket = await connected;
  stops.push(() => {
    hung.close();
    node.close();
  });
  const say = (...frames: Buffer[]): unknown => socket.write(Buffer.concat(frames));
  return {bell: hung, node, socket, rings: () => rung, say};
}

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
    ['what is no text', serverFrame(0x82, Buffer.alloc(100))],
  ])('that says %s is taken down, and rings no more', async (_what, said) => {
    const {bell: hung, rings, say} = await bell();
    say(said, text(10));
    await sleep(500);
    expect([rings(), hung.live, hung.gone]).toEqual([0, false, true]);
  });

  it('subscribes, answers a node that asks whether it is there, and hears a message in parts', async () => {
    const server = new WebSocketServer({port: 0, host: '127.0.0.1'});
    const {promise: asked, resolve: hear} = Promise.withResolvers<string>();
    const {promise: answered, resolve: answer} = Promise.withResolvers<string>();
    server.on('connection', (client) => {
      client.on('message', (data: Buffer) => hear(data.toString()));
      client.on('pong', (data) => answer(data.toString()));
      client.ping('there?');
      client.send('a', {fin: false});
      client.send('b', {fin: true});
    });
    await once(server, 'listening');
    let rung = 0;
    const hung = new BlockBell(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, () => (rung += 1));
    stops.push(() => {
      hung.close();
      server.close();
    });
    expect(JSON.parse(await asked)).toMatchObject({method: 'subscribe'});
    expect(await answered).toBe('there?');
    await sleep(100);
    expect([rung, hung.live]).toEqual([1, true]);
  });

  it.each<[string, number, Buffer]>([
    [
      'more than a frame has, in the length alone',
      1,
      Buffer.from([0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
    ],
    ['a question that is too long', 1, serverFrame(0x89, Buffer.alloc(126))],
    ['that it closes, and leaves the connection open', 1, serverFrame(0x88, Buffer.alloc(0))],
    ['questions without end, and reads no answer', 400_000, serverFrame(0x89, Buffer.alloc(100))],
  ])('that says %s is cut off', async (_what, times, said) => {
    const {bell: hung, node, socket, say} = await bell();
    // Confirmed, so that it is not the silence that ends it.
    say(text(10));
    if (times > 1) socket.pause();
    for (let i = 0; i < times && node.open === 1; i += 1_000) {
      say(...Array.from({length: Math.min(times, 1_000)}, () => said));
      await sleep(1);
    }
    await sleep(200);
    expect([hung.gone, node.open]).toEqual([true, 0]);
  });

  it.each<[string, Buffer[], number]>([
    ['does not confirm', [], 5_000],
    ['confirms, and then has no block', [text(10)], 60_000],
  ])('at a node that %s is cut off in time', async (_what, said, afterMs) => {
    jest.useFakeTimers({doNotFake: ['nextTick', 'performance', 'queueMicrotask', 'setImmediate']});
    stops.push(() => jest.useRealTimers());
    const {bell: hung, node, say} = await bell();
    say(...said);
    await sleep(100);
    jest.advanceTimersByTime(afterMs - 1);
    await sleep(100);
    expect([hung.live, hung.gone, node.open]).toEqual([said.length > 0, false, 1]);
    jest.advanceTimersByTime(1);
    await sleep(100);
    expect([hung.live, hung.gone, node.open]).toEqual([false, true, 0]);
  });

  it('at a node that is no web socket, or away, is gone', async () => {
    const plain = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => {
      plain.listen(0, '127.0.0.1', resolve);
    });
    const urls = [`http://127.0.0.1:${(plain.address() as AddressInfo).port}`, 'http://127.0.0.1:1'];
    for (const url of urls) {
      const hung = new BlockBell(url, () => undefined);
      expect(hung.gone).toBe(false);
      await sleep(300);
      expect([hung.live, hung.gone]).toEqual([false, true]);
    }
    plain.close();
  });
});
