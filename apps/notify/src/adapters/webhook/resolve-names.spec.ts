import {createSocket} from 'node:dgram';
import type {Socket} from 'node:dgram';
import type {LookupAddress} from 'node:dns';
import {once} from 'node:events';
import {stat} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {resolveNames} from './resolve-names.js';

let server: Socket;
let answer: (query: Buffer) => Buffer | undefined;
beforeEach(async () => {
  answer = () => undefined;
  server = createSocket('udp4');
  server.on('message', (query, from) => {
    const said = answer(query);
    if (said !== undefined) server.send(said, from.port, from.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
});

const look = (hostname: string, timeoutMs: number): Promise<[string | undefined, LookupAddress[]]> =>
  new Promise((resolve) => {
    const servers = [`127.0.0.1:${String((server.address() as AddressInfo).port)}`];
    resolveNames({timeoutMs, servers})(hostname, {all: true}, (error, addresses) => {
      resolve([error?.code, addresses]);
    });
  });

const TYPE_A = 1;
const TYPE_AAAA = 28;
/** Answers a question for an IPv4 address with 93.184.216.34, any other with nothing. */
function withAddress(query: Buffer): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const isA = query.readUInt16BE(end - 4) === TYPE_A;
  const head = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const found = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 216, 34]);
  return Buffer.concat([head, query.subarray(12, end), ...(isA ? [found] : [])]);
}

/** Answers a question for an IPv6 address with 2001:db8::1. */
function withAddress6(query: Buffer): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const head = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const address = Buffer.from('20010db8000000000000000000000001', 'hex');
  const found = Buffer.from([0xc0, 0x0c, 0, TYPE_AAAA, 0, 1, 0, 0, 0, 60, 0, address.length]);
  return Buffer.concat([head, query.subarray(12, end), found, address]);
}

describe('resolveNames', () => {
  it('gives the addresses that there are, of one family or both', async () => {
    answer = withAddress;
    expect(await look('hooks.example.org', 3_000)).toEqual([undefined, [{address: '93.184.216.34', family: 4}]]);
  });

  it.each([TYPE_A, TYPE_AAAA])(
    'goes on with one family where the server answers nothing to questions of type %d',
    async (silent) => {
      answer = (query) => {
        const type = query.readUInt16BE(query.indexOf(0, 12) + 1);
        if (type === silent) return undefined;
        return type === TYPE_A ? withAddress(query) : withAddress6(query);
      };
      const began = performance.now();
      const [code, addresses] = await look('hooks.example.org', 6_000);
      expect(code).toBeUndefined();
      expect(addresses.map(({family}) => family)).toEqual([silent === TYPE_A ? 6 : 4]);
      expect(performance.now() - began).toBeLessThan(1_500);
    },
  );

  it('gives up in time on a server that says nothing, and many such names keep no thread from anybody', async () => {
    const began = performance.now();
    const looks = Array.from({length: 16}, (_none, index) => look(`silent-${String(index)}.example.org`, 600));
    await stat('.');
    expect(performance.now() - began).toBeLessThan(200);
    for (const [code, addresses] of await Promise.all(looks)) {
      expect(code).toBe('ETIMEOUT');
      expect(addresses).toEqual([]);
    }
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('knows the own machine without asking anybody', async () => {
    const [code, addresses] = await look('localhost', 100);
    expect(code).toBeUndefined();
    expect(addresses.map(({address}) => address)).toContainEqual(expect.stringMatching(/^(127\.0\.0\.1|::1)$/));
  });
});
