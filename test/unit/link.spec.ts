import {afterEach, beforeEach, describe, expect, it} from '@jest/globals';
import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import type {AddressInfo, Server, Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {Link} from '../drill/link.js';

const SHORT_MS = 100;

describe('a way that a fault can hit', () => {
  let server: Server;
  let link: Link;
  const far: Socket[] = [];
  const near: Socket[] = [];

  beforeEach(async () => {
    server = createServer((socket) => {
      far.push(socket.on('error', () => undefined));
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    link = await Link.open();
    link.leadTo((server.address() as AddressInfo).port);
  });
  afterEach(() => {
    link.close();
    server.close();
    for (const socket of [...far.splice(0), ...near.splice(0)]) socket.destroy();
  });

  function open(): Socket {
    const socket = connect(link.port, '127.0.0.1').on('error', () => undefined);
    near.push(socket);
    return socket;
  }

  /** What comes back of it in a short time. */
  async function echo(socket: Socket): Promise<string> {
    const answer = once(socket, 'data').then(([piece]) => String(piece));
    socket.write('hello');
    return Promise.race([answer, sleep(SHORT_MS, 'nothing')]);
  }

  it('once lost, stays lost for who was on it, who is told nothing, and leads those on who come when it is mended', async () => {
    const before = open();
    expect(await echo(before)).toBe('hello');
    link.lose();
    const meanwhile = open();
    expect([await echo(before), await echo(meanwhile)]).toEqual(['nothing', 'nothing']);
    link.mend();
    expect([await echo(before), await echo(meanwhile), await echo(open())]).toEqual(['nothing', 'nothing', 'hello']);
    before.end();
    await sleep(SHORT_MS);
    expect([meanwhile.destroyed, far[0]?.destroyed, far[0]?.readableEnded]).toEqual([false, false, false]);
  });

  it('held, has all come when it is mended; cut, breaks off, and lets nobody in', async () => {
    const socket = open();
    link.hold();
    expect(await echo(socket)).toBe('nothing');
    const late = once(socket, 'data');
    link.mend();
    expect(String(await late)).toBe('hello');
    link.cut();
    await once(socket, 'close');
    await once(open(), 'close');
  });
});
