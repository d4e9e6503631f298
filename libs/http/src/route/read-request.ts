import {DomainError} from '@vitalvault/errors';
import type {FastifyRequest} from 'fastify';
import type {z} from 'zod';
import type {Caller} from '../signature/signature-ports.js';
import {contentTypeOf} from './content-type.js';
import type {Route} from './route.js';

/** A request as Fastify has it, with what the signature guard found. */
export type DeclaredRequest = FastifyRequest & {readonly caller?: Caller};

/**
 * What the handler of a route is given (`RequestOf`).
 * @throws DomainError invalid-field; malformed without a body
 */
export function readRequest(route: Route, request: DeclaredRequest): object {
  const {params, query, headers, body, signedBy} = route;
  return {
    ...(signedBy === undefined ? {} : {caller: callerOf(request)}),
    ...(params === undefined ? {} : {params: parse(params, request.params, 'path')}),
    ...(query === undefined ? {} : {query: parse(query, request.query, 'query')}),
    ...(headers === undefined ? {} : {headers: parse(headers, request.headers, 'headers')}),
    ...(body?.json === undefined ? {} : {body: parse(body.json, request.body, 'body')}),
    ...(body?.bytes === undefined ? {} : {body: bytesOf(request), contentType: contentTypeOf(request)}),
  };
}

/** A fault names the field and what is wrong with it, never the value. */
function parse(schema: z.ZodType, value: unknown, part: 'path' | 'query' | 'headers' | 'body'): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const field = issue.path.length === 0 ? part : issue.path.join('.');
    return `${field}: ${issue.code === 'custom' ? issue.message : issue.code.replaceAll('_', ' ')}`;
  });
  throw new DomainError('invalid-field', {detail: faults.join('; ')});
}

function bytesOf({body}: FastifyRequest): Uint8Array {
  if (!Buffer.isBuffer(body)) throw new DomainError('malformed', {detail: 'no body'});
  return body;
}

// Serves puts the guard before every signed route. Were it ever taken away, nobody would be served.
function callerOf({caller}: DeclaredRequest): Caller {
  if (caller === undefined) throw new Error('a signed route without RequestSignatureGuard');
  return caller;
}
