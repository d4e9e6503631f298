import type {Type} from '@nestjs/common';
import {FastifyAdapter} from '@nestjs/platform-fastify';
import {Test} from '@nestjs/testing';
import {addHealthRoutes} from '../service/health-routes.js';
import {Readiness} from '@vitalvault/process';
import type {OpenApiDocument} from '../openapi/open-api-document.js';

/**
 * What NestJS and Fastify register for these controllers, as 'GET /v1/things/{id}'; nothing behind the controllers is
 * there.
 */
export async function registeredRoutes(controllers: readonly Type[]): Promise<string[]> {
  const routes: string[] = [];
  const adapter = new FastifyAdapter();
  const instance = adapter.getInstance();
  instance.addHook('onRoute', ({method, url}) => {
    for (const one of [method].flat())
      if (one !== 'HEAD') routes.push(`${one} ${url.replace(/:([A-Za-z]+)/g, '{$1}')}`);
  });
  addHealthRoutes(instance, new Readiness());
  const testing = await Test.createTestingModule({controllers: [...controllers]})
    .useMocker(() => ({}))
    .compile();
  const app = testing.createNestApplication(adapter, {logger: false});
  await app.init();
  await app.close();
  return routes.sort();
}

/** The same of a document. */
export function describedRoutes({paths}: OpenApiDocument): string[] {
  return Object.entries(paths)
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}
