import {FastifyAdapter} from '@nestjs/platform-fastify';
import {addressKey, limitAddresses} from './limit-addresses.js';
import {sendProblem, toDomainError} from './problem-filter.js';

describe('addressKey', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe('limitAddresses', () => {
  async function served(trustProxy: string[]) {
    const instance = new FastifyAdapter({trustProxy}).getInstance();
    const told: string[] = [];
    limitAddresses(instance, {burst: 3, refillPerSecond: 1}, () => told.push('told'));
    instance.setErrorHandler((error, _request, reply) => {
      sendProblem(reply, toDomainError(error));
    });
    let worked = 0;
    instance.get('/v1/x', () => String(++worked));
    await instance.ready();
    const ask = async (remoteAddress: string, headers: Record<string, string> = {}) => {
      const {statusCode, headers: answered} = await instance.inject({url: '/v1/x', remoteAddress, headers});
      return [statusCode, answered['retry-after']];
    };
    return {ask, told, worked: () => worked};
  }

  it('refuses an address before any work when it asks too often, and says when; others are served', async () => {
    const {ask, worked} = await served([]);
    for (let n = 0; n < 3; n++) expect(await ask('192.0.2.1')).toEqual([200, undefined]);
    expect(await ask('192.0.2.1')).toEqual([429, '1']);
    expect(await ask('192.0.2.1', {'x-forwarded-for': '198.51.100.9'})).toEqual([429, '1']);
    expect(worked()).toBe(3);
    expect(await ask('192.0.2.2')).toEqual([200, undefined]);
  });

  it.each([
    ['a port', (n: number) => `203.0.113.9:${String(50_000 + n)}`],
    ['an IPv6 address in brackets', () => '[2001:db8::1]'],
    ['one with a port', (n: number) => `[2001:db8::1]:${String(50_000 + n)}`],
    ['what RFC 7239 quotes', (n: number) => `"[2001:db8::${String(n)}]:443"`],
    ['a port, behind another proxy that writes one', (n: number) => `203.0.113.9:${String(n)}, 10.9.9.9:${String(n)}`],
    ['a port behind what the client made up', (n: number) => `junk ${String(n)}, 203.0.113.9:${String(n)}`],
  ])('takes %s for the address that it is of, whatever the connection', async (_form, forwarded) => {
    const {ask, told} = await served(['10.0.0.0/8']);
    const codes = [];
    for (let n = 1; n <= 9; n++) codes.push((await ask('10.1.2.3', {'x-forwarded-for': forwarded(n)}))[0]);
    expect(codes).toEqual([200, 200, 200, 429, 429, 429, 429, 429, 429]);
    expect(await ask('10.1.2.3', {'x-forwarded-for': '198.51.100.7'})).toEqual([200, undefined]);
    expect(told).toEqual([]);
  });

  it.each(['unknown', '_hidden', '203.0.113.9:port', '2001:db8::1:::', '203.0.113.999'])(
    'takes the proxy that wrote %s for who asks, and tells once',
    async (forwarded) => {
      const {ask, told} = await served(['10.0.0.0/8']);
      for (let n = 0; n < 3; n++) await ask('10.1.2.3', {'x-forwarded-for': forwarded});
      expect(await ask('10.1.2.3', {'x-forwarded-for': `198.51.100.1, ${forwarded}`})).toEqual([429, '1']);
      expect(await ask('10.1.2.3')).toEqual([429, '1']);
      expect(await ask('10.1.2.4', {'x-forwarded-for': `${forwarded}, 10.1.2.3`})).toEqual([429, '1']);
      expect(told).toEqual(['told']);
    },
  );

  it('believes a named proxy whom it asks for, and nobody before that', async () => {
    const {ask} = await served(['10.0.0.0/8']);
    for (let n = 0; n < 9; n++)
      expect(await ask('10.1.2.3', {'x-forwarded-for': `198.51.100.${String(n)}`})).toEqual([200, undefined]);
    for (let n = 0; n < 3; n++) await ask('10.1.2.3', {'x-forwarded-for': `203.0.113.${String(n)}, 192.0.2.7`});
    expect(await ask('10.1.2.4', {'x-forwarded-for': '203.0.113.77, 192.0.2.7'})).toEqual([429, '1']);
  });
});
