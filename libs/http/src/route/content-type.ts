import {DomainError} from '@vitalvault/errors';
import type {FastifyRequest} from 'fastify';
import type {RouteContent} from './route.js';

/** Its content type without parameters, in lower case; undefined: it names none. */
export const contentTypeOf = ({headers}: Pick<FastifyRequest, 'headers'>): string | undefined =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();

/** Why a request is of no type that the route takes; undefined: it is of one. */
export function contentTypeFault(
  request: Pick<FastifyRequest, 'headers'>,
  {json, bytes = []}: RouteContent,
): DomainError | undefined {
  const types = [...(json === undefined ? [] : ['application/json']), ...bytes];
  return types.includes(contentTypeOf(request) ?? '')
    ? undefined
    : new DomainError('unsupported-content-type', {detail: `Send ${types.join(' or ')}.`});
}
