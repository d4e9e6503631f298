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
    limitAddresses(instance, {burst: 3, refillPerSecond: 1});
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
    return {ask, worked: () => worked};
  }

  it('refuses an address before any work when it asks too often, and says when; others are served', async () => {
    const {ask, worked} = await served([]);
    for (let n = 0; n < 3; n++) expect(await ask('192.0.2.1')).toEqual([200, undefined]);
    expect(await ask('192.0.2.1')).toEqual([429, '1']);
    expect(await ask('192.0.2.1', {'x-forwarded-for': '198.51.100.9'})).toEqual([429, '1']);
    expect(worked()).toBe(3);
    expect(await ask('192.0.2.2')).toEqual([200, undefined]);
  });

  it('believes a named proxy whom it asks for, and nobody before that', async () => {
    const {ask} = await served(['10.0.0.0/8']);
    for (let n = 0; n < 9; n++)
      expect(await ask('10.1.2.3', {'x-forwarded-for': `198.51.100.${String(n)}`})).toEqual([200, undefined]);
    for (let n = 0; n < 3; n++) await ask('10.1.2.3', {'x-forwarded-for': `203.0.113.${String(n)}, 192.0.2.7`});
    expect(await ask('10.1.2.4', {'x-forwarded-for': '203.0.113.77, 192.0.2.7'})).toEqual([429, '1']);
  });
});
