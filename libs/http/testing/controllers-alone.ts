import type {Type} from '@nestjs/common';
import {FastifyAdapter} from '@nestjs/platform-fastify';
import type {NestFastifyApplication} from '@nestjs/platform-fastify';
import {Test} from '@nestjs/testing';
import {addBodyParsers} from '../src/service/body-parsers.js';
import {serveDeclaredRoutes} from '../src/route/declared-routes.js';
import {Strangers} from '../src/service/strangers.js';
import {ProblemFilter} from '../src/service/problem-filter.js';
import {createLogger} from '@vitalvault/process';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION} from '../src/signature/signature-ports.js';
import type {Caller} from '../src/signature/signature-ports.js';

export interface ControllersAlone {
  readonly app: NestFastifyApplication;
  /** What NestJS and Fastify registered, as 'GET /v1/things/{id}', sorted. */
  readonly routes: readonly string[];
}

/** These controllers served as createHttpService serves them; behind them is nothing, and the ledger knows one key. */
export async function controllersAlone(
  controllers: readonly Type[],
  ledger: {organisation: string; caller: Caller},
): Promise<ControllersAlone> {
  const routes: string[] = [];
  const adapter = new FastifyAdapter();
  const instance = adapter.getInstance();
  instance.addHook('onRoute', ({method, url}) => {
    for (const one of [method].flat())
      if (one !== 'HEAD') routes.push(`${one} ${url.replace(/:([A-Za-z]+)/g, '{$1}')}`);
  });
  addBodyParsers(instance);
  serveDeclaredRoutes(instance);
  const {caller} = ledger;
  const testing = await Test.createTestingModule({
    controllers: [...controllers],
    providers: [
      {provide: ORGANISATION, useValue: ledger.organisation},
      {
        provide: KEY_RESOLVER,
        useValue: {resolve: (keyId: string) => Promise.resolve(keyId === caller.keyId ? caller : undefined)},
      },
      {provide: Strangers, useValue: new Strangers()},
      {provide: NONCE_MEMORY, useValue: {remember: () => Promise.resolve(true)}},
    ],
  })
    .useMocker(() => ({}))
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(adapter, {logger: false, bodyParser: false});
  app.useGlobalFilters(new ProblemFilter(createLogger({service: 'spec', destination: {write: () => undefined}})));
  await app.init();
  await instance.ready();
  return {app, routes: routes.sort()};
}
