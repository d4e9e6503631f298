import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {QueuedAlert} from '../../domain/alert.js';
import {HttpWebhookSender, signatureOf} from './http-webhook-sender.js';
import type {ResolveName} from './http-webhook-sender.js';

const alert: QueuedAlert = {
  alertId: 'aa',
  patient: 'bb',
  kind: 1,
  raisedAtMs: 1n,
  subject: 'cc',
  text: 'x',
  seq: 1n,
  acknowledged: false,
};
const to =
  (...addresses: string[]): ResolveName =>
  (_name, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({address, family: address.includes(':') ? 6 : 4})),
    );
  };
const sender = (resolve: ResolveName, allowLoopback = false): HttpWebhookSender =>
  new HttpWebhookSender({allowLoopback, timeoutMs: 300, render: ({alertId}) => ({alertId}), resolve});

let answer = (): number | undefined => undefined;
const server = createServer((request, response) => {
  request.resume();
  const status = answer();
  if (status !== undefined) response.writeHead(status).end('x'.repeat(10_000));
});
const stop = (): void => {
  server.closeAllConnections();
  server.close();
};
afterAll(stop);

describe('HttpWebhookSender', () => {
  it.each([
    ['127.0.0.1'],
    ['10.0.0.7'],
    ['169.254.169.254'],
    ['::1'],
    ['fd00::1'],
    ['::ffff:10.0.0.7'],
    ['93.184.216.34', '10.0.0.7'],
  ])('connects to no name that means %s', async (...addresses) => {
    expect(await sender(to(...addresses)).send({url: 'https://hooks.example.org/', secret: 's'}, alert)).toBe(
      'refused-address',
    );
  });

  it('connects to nothing when the name has no address', async () => {
    expect(await sender(to()).send({url: 'https://hooks.example.org/', secret: 's'}, alert)).toBe('refused-address');
  });

  it('judges a webhook again that was kept when other rules stood', async () => {
    expect(await sender(to('93.184.216.34')).send({url: 'http://127.0.0.1:1/', secret: 's'}, alert)).toBe(
      'refused-address',
    );
  });

  it('gives up on a receiver that says nothing, and says what one said', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const real = sender(to('127.0.0.1'), true);
    expect(await real.send({url, secret: 's'}, alert)).toBe('timeout');
    answer = () => 302;
    expect(await real.send({url, secret: 's'}, alert)).toBe('status-302');
    answer = () => 200;
    expect(await real.send({url, secret: 's'}, alert)).toBeUndefined();
    stop();
    expect(await real.send({url, secret: 's'}, alert)).toBe('econnrefused');
  });

  // RFC 4231, test case 2.
  it('signs by HMAC-SHA-256', () => {
    expect(signatureOf('Jefe', Buffer.from('what do ya want for nothing?'))).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});
