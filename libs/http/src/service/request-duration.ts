import {meter} from '@vitalvault/process';
import type {FastifyInstance, FastifyRequest} from 'fastify';

const MILLISECONDS = 1_000;

/**
 * How long requests take, by method, route and status, as OpenTelemetry names them for Prometheus. The route and not
 * the path, because paths carry ids of patients; what fits no route is told as one.
 */
export function measureRequests(instance: FastifyInstance): void {
  const duration = meter().createHistogram('http_server_request_duration_seconds', {
    description: 'From the head of a request to the end of its answer.',
    advice: {explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]},
  });
  const open = meter().createUpDownCounter('http_server_active_requests', {description: 'Requests under way.'});
  const begun = new WeakMap<FastifyRequest, number>();
  const end = (request: FastifyRequest, outcome: object): void => {
    const atMs = begun.get(request);
    if (atMs === undefined) return;
    begun.delete(request);
    open.add(-1);
    duration.record((performance.now() - atMs) / MILLISECONDS, {
      http_request_method: request.method,
      http_route: request.routeOptions.url ?? 'unmatched',
      ...outcome,
    });
  };
  instance.addHook('onRequest', (request, _reply, done) => {
    begun.set(request, performance.now());
    open.add(1);
    done();
  });
  instance.addHook('onResponse', (request, reply, done) => {
    end(request, {http_response_status_code: reply.statusCode});
    done();
  });
  instance.addHook('onRequestAbort', (request, done) => {
    end(request, {error_type: 'aborted'});
    done();
  });
}
