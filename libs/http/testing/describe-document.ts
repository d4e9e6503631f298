import type {Type} from '@nestjs/common';
import {Validator} from '@seriousme/openapi-schema-validator';
import type {Route} from '../src/route/route.js';
import type {OpenApiDocument} from '../src/openapi/open-api-document.js';
import {controllersAlone} from './controllers-alone.js';
import type {ControllersAlone} from './controllers-alone.js';
import {httpHandlers} from './http-handlers.js';
import {call, ledger, somePathOf} from './signed-calls.js';

/**
 * What must hold of the HTTP side of every service: what its controllers serve is declared and described, and what is
 * described as signed lets nobody in who did not sign.
 * @param controllers all of the service's module, those of gRPC and Kafka too
 */
export function describeDocument(controllers: readonly Type[], document: OpenApiDocument): void {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({at: `${method.toUpperCase()} ${path}`, operation})),
  );
  const handlers = httpHandlers(controllers);
  const routes = handlers.flatMap(({route}) => (route === undefined ? [] : [{at: nameOf(route), route}]));
  const signed = routes.filter(({route}) => route.signedBy !== undefined);
  const unsigned = routes.filter(({route}) => route.signedBy === undefined);
  let served: ControllersAlone;

  beforeAll(async () => {
    served = await controllersAlone(controllers, ledger);
  });
  afterAll(() => served.app.close());

  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone<object>(document) as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(validator.version).toBe('3.1');
  });

  it('describes every route that is served, and no other', () => {
    expect(operations.map(({at}) => at).sort()).toEqual(served.routes);
  });

  it('names every operation once', () => {
    expect(new Set(operations.map(({operation}) => operation['operationId'])).size).toBe(operations.length);
  });

  // What zod says of a number without bounds; every number of ours has some.
  it('says the range of every whole number', () => {
    expect(JSON.stringify(document)).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  it('has a declaration for every handler', () => {
    expect(handlers.filter(({route}) => route === undefined).map(({name}) => name)).toEqual([]);
  });

  it('tells of a signature where a guard asks for it, and nowhere else', () => {
    const described = operations.filter(({operation}) => 'security' in operation).map(({at}) => at);
    const guarded = handlers.flatMap(({route, guarded}) => (guarded && route !== undefined ? [nameOf(route)] : []));
    expect(guarded.sort()).toEqual(described.sort());
    expect(signed.map(({at}) => at).sort()).toEqual(described);
  });

  if (signed.length > 0)
    describe.each(signed)('$at', ({route}) => {
      it.each([
        ['not at all', 'signature-missing'],
        ['for another path', 'signature-invalid'],
        ['by a key that is not on the ledger', 'unknown-key'],
      ] as const)('answers 401 to who signed %s', async (how, code) => {
        expect(await call(served, route, how)).toEqual([401, code]);
      });

      // Fastify serves HEAD wherever it serves GET.
      if (route.method === 'get')
        it('answers 401 to HEAD of who did not sign', async () => {
          expect((await served.app.inject({method: 'HEAD', url: somePathOf(route)})).statusCode).toBe(401);
        });

      it('lets in who signed well', async () => {
        expect((await call(served, route, 'well'))[0]).not.toBe(401);
      });
    });

  it.each(unsigned)('asks nobody to sign $at', async ({route}) => {
    expect((await call(served, route, 'not at all'))[0]).not.toBe(401);
  });
}

const nameOf = ({method, path}: Route): string => `${method.toUpperCase()} ${path}`;
