import {Controller, Get, Res} from '@nestjs/common';
import type {Type} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import type {FastifyReply} from 'fastify';
import type {InjectOptions} from 'fastify';
import {z} from 'zod';
import {controllersAlone} from '../../testing/controllers-alone.js';
import type {ControllersAlone} from '../../testing/controllers-alone.js';
import {call, ledger} from '../../testing/signed-calls.js';
import {route} from './route.js';
import type {RequestOf} from './route.js';
import {Serves} from './serves.js';

const BYTES = 'application/vnd.vitalvault.thing.v1+protobuf';
const said = {operationId: 'thing', summary: 'A thing.', errors: []} as const;
const text = z.strictObject({text: z.string()});

const getThing = route({
  ...said,
  method: 'get',
  path: '/v1/things/{id}',
  params: z.strictObject({id: z.string().regex(/^\d+$/).transform(Number)}),
  query: z.strictObject({atLeast: z.string().regex(/^\d+$/).transform(BigInt).optional()}),
  headers: z.object({'if-none-match': z.string().max(3).optional()}),
  answers: {200: {description: 'It.', json: text}, 304: {description: 'As it was.'}},
});
const postThing = route({
  ...said,
  method: 'post',
  path: '/v1/things',
  body: {bytes: [BYTES, 'application/octet-stream']},
  answers: {202: {description: 'Taken.', json: text}},
});
const putThing = route({
  ...said,
  method: 'put',
  path: '/v1/things/{id}',
  signedBy: 'anybody',
  params: z.strictObject({id: z.string()}),
  body: {json: z.strictObject({text: z.string().default('nothing')})},
  answers: {200: {description: 'Who sent what.', bytes: [BYTES]}},
});
const getBytes = route({
  ...said,
  method: 'get',
  path: '/v1/things/{id}/bytes',
  params: z.strictObject({id: z.string()}),
  answers: {200: {description: 'Its bytes.', bytes: [BYTES]}},
});

@Controller()
class ThingsController {
  @Serves(getThing)
  get(
    {params: {id}, query, headers}: RequestOf<typeof getThing>,
    @Res({passthrough: true}) reply: FastifyReply,
  ): {text: string} | undefined {
    if (headers['if-none-match'] === 'now') {
      void reply.status(304);
      return undefined;
    }
    return {text: `${typeof id} ${typeof query.atLeast}`};
  }

  @Serves(postThing)
  post({body, contentType}: RequestOf<typeof postThing>): {text: string} {
    return {text: `${contentType} ${Buffer.from(body).toString()}`};
  }

  @Serves(putThing)
  put({body, caller}: RequestOf<typeof putThing>): Uint8Array {
    return Buffer.from(`${caller.kind} ${body.text}`);
  }

  @Serves(getBytes)
  bytes({params: {id}}: RequestOf<typeof getBytes>): Uint8Array {
    if (id === '8') throw new DomainError('not-found');
    return Buffer.from(`bytes ${id}`);
  }
}

let served: ControllersAlone;
async function ask(options: InjectOptions): Promise<[number, Record<string, unknown>]> {
  const {statusCode, payload} = await served.app.inject(options);
  return [statusCode, payload === '' ? {} : (JSON.parse(payload) as Record<string, unknown>)];
}
const post = (type: string | undefined, payload: string): Promise<[number, Record<string, unknown>]> =>
  ask({method: 'POST', url: '/v1/things', payload, headers: type === undefined ? {} : {'content-type': type}});

describe('Serves', () => {
  beforeAll(async () => {
    served = await controllersAlone([ThingsController], ledger);
  });
  afterAll(() => served.app.close());

  it('gives the handler what the declaration makes of path, query and headers', async () => {
    expect(await ask({url: '/v1/things/7?atLeast=3'})).toEqual([200, {text: 'number bigint'}]);
    expect(await ask({url: '/v1/things/7'})).toEqual([200, {text: 'number undefined'}]);
    expect(await ask({url: '/v1/things/7', headers: {'if-none-match': 'now'}})).toEqual([304, {}]);
  });

  it.each([
    ['/v1/things/x', {}, 'id: invalid format'],
    ['/v1/things/7?most=1', {}, 'query: unrecognized keys'],
    ['/v1/things/7?atLeast=x', {}, 'atLeast: invalid format'],
    ['/v1/things/7', {'if-none-match': 'long'}, 'if-none-match: too big'],
  ])('names the part of %s that is wrong', async (url, headers, detail) => {
    expect(await ask({url, headers})).toMatchObject([400, {code: 'invalid-field', detail}]);
  });

  it('answers with the first status, and takes every type that is declared', async () => {
    expect(await post(BYTES, 'abc')).toEqual([202, {text: `${BYTES} abc`}]);
    expect(await post('Application/Octet-Stream; x=1', 'abc')).toEqual([202, {text: 'application/octet-stream abc'}]);
  });

  it.each(['application/json', 'application/vnd.vitalvault.other.v1+protobuf', 'text/plain', undefined])(
    'answers 415 to a body of type %s, whatever it holds',
    async (type) => {
      for (const payload of ['{', '{}', ''])
        expect(await post(type, payload)).toMatchObject([
          415,
          {code: 'unsupported-content-type', detail: `Send ${BYTES} or application/octet-stream.`},
        ]);
    },
  );

  it('answers 415 to bytes where JSON is declared, signed or not', async () => {
    expect(
      await ask({method: 'PUT', url: '/v1/things/7', headers: {'content-type': BYTES}, payload: '{}'}),
    ).toMatchObject([415, {detail: 'Send application/json.'}]);
  });

  it.each([
    ['DELETE', '/v1/things/7', 'GET, HEAD, PUT'],
    ['OPTIONS', '/v1/things/7?x=1', 'GET, HEAD, PUT'],
    ['PATCH', '/v1/things', 'POST'],
    ['GET', '/v1/things', 'POST'],
  ] as const)('answers 405 to %s %s and says which methods there are', async (method, url, allow) => {
    const payload = method === 'PATCH' ? {payload: 'x', headers: {'content-type': 'text/plain'}} : {};
    const {statusCode, headers, payload: answer} = await served.app.inject({method, url, ...payload});
    expect([statusCode, headers['allow']]).toEqual([405, allow]);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(answer)).toMatchObject({code: 'method-not-allowed', status: 405});
  });

  it.each(['/v1/things/', '/v1/things/7/more', '/v1'])('answers 404 to the unknown path %s', async (url) => {
    expect(await ask({url})).toMatchObject([404, {code: 'route-not-found'}]);
  });

  it('asks for the signature of a signed route, and gives the handler its caller', async () => {
    expect(await call(served, putThing, 'not at all')).toEqual([401, 'signature-missing']);
    expect(await call(served, putThing, 'well')).toEqual([200, 'patient nothing']);
  });

  it('gives bytes their type, and an error its own', async () => {
    const of = async (url: string): Promise<unknown[]> => {
      const {statusCode, headers, payload} = await served.app.inject({url});
      return [statusCode, headers['content-type'], payload.slice(0, 7)];
    };
    expect(await of('/v1/things/7/bytes')).toEqual([200, BYTES, 'bytes 7']);
    expect(await of('/v1/things/8/bytes')).toEqual([404, 'application/problem+json; charset=utf-8', '{"type"']);
  });
});

describe('what is not served as it is declared', () => {
  @Controller()
  class Undeclared {
    @Get('v1/secret')
    secret(): object {
      return {};
    }
  }
  @Controller('v2')
  class Elsewhere {
    @Serves(postThing)
    post(): {text: string} {
      return {text: ''};
    }
  }
  @Controller()
  class Overridden {
    @Get('v1/other')
    @Serves(putThing)
    put(): Uint8Array {
      return Buffer.alloc(0);
    }
  }

  it.each<[string, Type, string]>([
    ['a handler without a declaration', Undeclared, 'GET /v1/secret is served without a declaration'],
    ['a prefix of the controller', Elsewhere, 'POST /v2/v1/things is declared as POST /v1/things'],
    ['a second decorator', Overridden, 'GET /v1/other is declared as PUT /v1/things/:id'],
  ])('does not start: %s', async (_what, controller, fault) => {
    await expect(controllersAlone([controller], ledger)).rejects.toThrow(fault);
  });

  it('is no declaration: parameters that the path lacks, a body of a GET', () => {
    expect(() => route({...said, method: 'get', path: '/v1/{id}', answers: getThing.answers})).toThrow(
      'GET /v1/{id}: its path names {id}, its params {}',
    );
    expect(() => route({...said, method: 'get', path: '/v1', body: {json: text}, answers: getThing.answers})).toThrow(
      'GET /v1: a GET has no body',
    );
  });

  it('does not compile', () => {
    class Wrong {
      // @ts-expect-error an unsigned route has no caller
      @Serves(postThing)
      caller({caller}: RequestOf<typeof putThing>): {text: string} {
        return {text: caller.kind};
      }
      // @ts-expect-error its JSON has a text
      @Serves(postThing)
      answer(): {words: string} {
        return {words: ''};
      }
      // @ts-expect-error it answers bytes, not nothing
      @Serves(putThing)
      nothing(): void {
        return undefined;
      }
    }
    // @ts-expect-error no such part of a route
    route({...said, method: 'get', path: '/v1', querry: text, answers: getThing.answers});
    expect(Wrong).toBeDefined();
  });
});
