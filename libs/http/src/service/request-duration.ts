import {HTTP_METHODS, balance, histogram} from '@vitalvault/process';
import type {FastifyInstance, FastifyRequest} from 'fastify';

const MILLISECONDS = 1_000;

type Method = (typeof HTTP_METHODS)[number];
type Outcome = Readonly<{'http.response.status_code': string}> | Readonly<{'error.type': 'aborted'}>;

/**
 * How long requests take, by method, route and status. The route and not the path, because paths carry ids of patients;
 * what fits no route is told as one, and so is a method that is none of the known.
 */
export function measureRequests(instance: FastifyInstance): void {
  const duration = histogram('http.server.request.duration');
  const open = balance('http.server.active_requests');
  const begun = new WeakMap<FastifyRequest, number>();
  const end = (request: FastifyRequest, outcome: Outcome): void => {
    const atMs = begun.get(request);
    if (atMs === undefined) return;
    begun.delete(request);
    open(-1, {});
    duration((performance.now() - atMs) / MILLISECONDS, {
      'http.request.method': methodOf(request),
      'http.route': request.routeOptions.url ?? 'unmatched',
      ...outcome,
    });
  };
  instance.addHook('onRequest', (request, _reply, done) => {
    begun.set(request, performance.now());
    open(1, {});
    done();
  });
  instance.addHook('onResponse', (request, reply, done) => {
    end(request, {'http.response.status_code': String(reply.statusCode)});
    done();
  });
  instance.addHook('onRequestAbort', (request, done) => {
    end(request, {'error.type': 'aborted'});
    done();
  });
}

const methodOf = ({method}: FastifyRequest): Method => HTTP_METHODS.find((known) => known === method) ?? '_OTHER';
