import {ROOT_CONTEXT, context, trace} from '@opentelemetry/api';
import type {Context, Span} from '@opentelemetry/api';
import type {FastifyInstance, FastifyRequest} from 'fastify';
import {linkToStranger, startSpan} from '@vitalvault/process';

interface Traced {
  readonly span: Span;
  readonly active: Context;
}

/**
 * One server span per request, which begins a trace of ours: a caller's is linked to, not continued. It is named by the
 * route and not by the path, because paths carry ids of patients. The handler
 * runs inside it: the hook before validation sets the context again, since reading the body leaves the one that the
 * first hook set.
 */
export function traceRequests(instance: FastifyInstance): void {
  const traced = new WeakMap<FastifyRequest, Traced>();
  const end = (request: FastifyRequest, status: number | 'aborted'): void => {
    const found = traced.get(request);
    if (found === undefined) return;
    traced.delete(request);
    if (status === 'aborted') found.span.setAttribute('error.type', 'aborted');
    else found.span.setAttribute('http.response.status_code', status);
    if (typeof status === 'number' && status >= 500) found.span.setAttribute('error.type', String(status));
    found.span.end();
  };
  instance.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const span = startSpan(`${request.method} ${route}`, {
      kind: 'server',
      parent: ROOT_CONTEXT,
      links: linkToStranger(request.headers),
      attributes: {'http.request.method': request.method, 'http.route': route},
    });
    const active = trace.setSpan(ROOT_CONTEXT, span);
    traced.set(request, {span, active});
    context.with(active, done);
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    context.with(traced.get(request)?.active ?? context.active(), done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    end(request, reply.statusCode);
    done();
  });
  instance.addHook('onRequestAbort', (request, done) => {
    end(request, 'aborted');
    done();
  });
}
