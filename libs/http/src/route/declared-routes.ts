import {DomainError} from '@vitalvault/errors';
import type {FastifyInstance, FastifyRequest, RouteOptions} from 'fastify';
import {contentTypeFault} from './content-type.js';
import type {Route} from './route.js';

/** Key of a route's declaration: in the metadata of its handler and in Fastify's configuration of the route. */
export const ROUTE = 'vitalvault:route';

/**
 * Whatever is registered from here on must be declared, and is served as declared: a content type that the route does
 * not take is refused before the body is read, and a method that a known path does not have by its own code.
 */
export function serveDeclaredRoutes(instance: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  instance.addHook('onRoute', (options) => {
    checkDeclared(options);
    const known = methods.get(options.url) ?? new Set();
    for (const method of [options.method].flat()) known.add(method);
    methods.set(options.url, known);
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const {body} = request.is404 ? {} : (declarationOf(request.routeOptions.config) ?? {});
    const fault = body === undefined ? undefined : contentTypeFault(request, body);
    const allowed = request.is404 ? methodsAt(methods, pathOf(request)) : [];
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    done(allowed.length > 0 ? new DomainError('method-not-allowed') : fault);
  });
}

const declarationOf = (config: unknown): Route | undefined => (config as Record<string, Route> | undefined)?.[ROUTE];

function checkDeclared({method, url, config}: RouteOptions): void {
  const declared = declarationOf(config);
  const served = `${[method].flat().join()} ${url}`;
  if (declared === undefined) throw new Error(`${served} is served without a declaration`);
  const path = declared.path.replace(/\{(\w+)\}/g, ':$1');
  const known = [method].flat().every((one) => one === 'HEAD' || one === declared.method.toUpperCase());
  if (!known || url !== path) throw new Error(`${served} is declared as ${declared.method.toUpperCase()} ${path}`);
}

const pathOf = ({raw}: FastifyRequest): string => (raw.url ?? '/').split('?', 1)[0] ?? '/';

function methodsAt(methods: ReadonlyMap<string, ReadonlySet<string>>, path: string): string[] {
  const parts = path.split('/');
  const fits = (url: string): boolean => {
    const pattern = url.split('/');
    return (
      pattern.length === parts.length &&
      pattern.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
    );
  };
  return [...new Set([...methods].flatMap(([url, known]) => (fits(url) ? [...known] : [])))].sort();
}
