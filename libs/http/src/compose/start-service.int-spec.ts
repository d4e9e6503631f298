import {Controller} from '@nestjs/common';
import {commonConfig, createLogger, processConfig, stopConfig} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {freePort} from '@vitalvault/testkit';
import {createServer} from 'node:http';
import type {Server} from 'node:http';
import {z} from 'zod';
import {openApiDocument} from '../openapi/open-api-document.js';
import {service} from './service.js';
import type {Background, Composition} from './service.js';
import {startService} from './start-service.js';

@Controller()
class Nothing {}

const logger = createLogger({service: 'spec', destination: {write: () => undefined}});
const {host, httpPort} = commonConfig;
let [did, port]: [string[], number] = [[], 0];

const work = (name: string): Background => ({
  start: () => did.push(`start ${name}`),
  stop: () => did.push(`stop ${name}`),
});

/** A service that notes what is done with it. */
const some = (own: Partial<Composition> = {}) =>
  service({
    name: 'some',
    config: z.strictObject({host, httpPort, ...processConfig, ...stopConfig}),
    document: openApiDocument({title: 'some', description: 'For a test.', controllers: []}),
    controllers: [Nothing],
    compose: (_config, {opened, clientId}) => {
      opened.add(clientId, (name) => did.push(`close ${name}`));
      return {
        providers: [],
        transports: [],
        background: [work('first'), work('second')],
        checks: [{name: 'notify', check: () => 'away', needed: false}],
        drained: () => did.push('drained'),
        ...own,
      };
    },
  });

const start = (given = some()) => startService(given, new ManagedHost(given.config.parse({httpPort: port}), logger));
const taken = async (): Promise<Server> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
};

beforeEach(async () => {
  [did, port] = [[], await freePort()];
});

describe('a service that was composed', () => {
  it('starts its background once it listens, and is closed in the reverse order', async () => {
    const listens = (): Promise<unknown> => fetch(`http://127.0.0.1:${String(port)}/`);
    const first = {...work('first'), start: async () => did.push(String(((await listens()) as Response).status))};
    const running = await start(some({background: [first, work('second')]}));
    expect(did).toEqual(['404', 'start second']);
    did = [];
    await running.close();
    expect(did).toEqual(['drained', 'stop second', 'stop first', 'close vv-some']);
    await expect(listens()).rejects.toThrow();
  });

  it('closes what it opened when its port is taken, and says so', async () => {
    const other = await taken();
    await expect(start()).rejects.toThrow('EADDRINUSE');
    other.close();
    expect(did).toEqual(['drained', 'stop second', 'stop first', 'close vv-some']);
  });

  it('closes what it opened when its background does not start, and is gone', async () => {
    const broken = {...work('second'), start: () => Promise.reject(new Error('no database'))};
    await expect(start(some({background: [work('first'), broken]}))).rejects.toThrow('no database');
    expect(did).toEqual(['start first', 'drained', 'stop second', 'stop first', 'close vv-some']);
    (await taken()).close();
  });

  it('closes what it opened when the rest cannot be composed', async () => {
    const given = some();
    const halfWay = {
      ...given,
      compose: (...args: Parameters<typeof given.compose>) => {
        void given.compose(...args);
        throw new Error('a key file of another organisation');
      },
    };
    await expect(start(halfWay)).rejects.toThrow('another organisation');
    expect(did).toEqual(['close vv-some']);
  });
});
