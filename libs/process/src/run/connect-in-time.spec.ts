import {afterEach, describe, expect, it} from '@jest/globals';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {connectInTime} from './connect-in-time.js';

const WITHIN_MS = 300;
/** Of the two of a backlog of one, and some. */
const FILLING = 6;

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0).reverse()) end();
});

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  ended.push(() => socket.destroy());
  return socket;
}

/** Listens, and stands still: when its backlog is full, the kernel answers no SYN any more, as if nobody were there. */
async function nobodyAt(): Promise<number> {
  const script = `const server = require('node:net').createServer();
    server.listen({port: 0, host: '127.0.0.1', backlog: 1}, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', script], {stdio: ['ignore', 'pipe', 'inherit']});
  ended.push(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const port = Number(said.toString());
  for (let i = 0; i < FILLING; i++) open(port).on('error', () => undefined);
  await sleep(WITHIN_MS);
  return port;
}

describe('connections that a program begins', () => {
  it('are given up in time where nobody answers, and not at once', async () => {
    const port = await nobodyAt();
    ended.push(connectInTime(WITHIN_MS));
    const [socket, began] = [open(port), performance.now()];
    const outcome = once(socket, 'connect').then(
      () => 'connected',
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    expect(await Promise.race([outcome, sleep(10 * WITHIN_MS, 'waits on', {ref: false})])).toBe('ETIMEDOUT');
    expect(performance.now() - began).toBeGreaterThan(WITHIN_MS / 2);
  });

  it('stay when they were answered, however long nothing is said on them', async () => {
    ended.push(connectInTime(WITHIN_MS));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ended.push(() => server.close());
    const socket = open((server.address() as AddressInfo).port);
    await once(socket, 'connect');
    await sleep(2 * WITHIN_MS);
    expect(socket.destroyed).toBe(false);
  });
});
