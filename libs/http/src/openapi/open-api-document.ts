import type {Type} from '@nestjs/common';
import type {ErrorCode} from '@vitalvault/errors';
import {z} from 'zod';
import type {Route, RouteAnswer, RouteContent} from '../route/route.js';
import {routesOf} from '../route/routes-of.js';
import {getOpenApi} from './get-open-api.js';

import {possibleErrors} from './possible-errors.js';
import {problemSchema} from './problem-schema.js';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document; plain JSON. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Json;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json;
}

const SIGNATURE = [{signature: [], signatureInput: []}];
const SECURITY_SCHEMES = {
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'signature',
    description: 'HTTP message signature (RFC 9421), label vv, ES256K by a key of the ledger: docs/protocol.md §8.2.',
  },
  signatureInput: {
    type: 'apiKey',
    in: 'header',
    name: 'signature-input',
    description:
      'What the signature covers and its parameters: created, expires, nonce, keyid, tag. A body needs a content-digest (RFC 9530).',
  },
};
const RETRYABLE: ReadonlySet<number> = new Set([429, 503]);

/** Answers that belong to no operation. */
const OFF_THE_PATHS = {
  RouteNotFound: {
    description: 'Any other path: route-not-found',
    content: {'application/problem+json': {schema: problemOf(404, ['route-not-found'])}},
  },
  MethodNotAllowed: {
    description: 'A path of these with another method: method-not-allowed',
    headers: {Allow: {description: 'The methods that it has.', schema: {type: 'string'}}},
    content: {'application/problem+json': {schema: problemOf(405, ['method-not-allowed'])}},
  },
};

/** The HTTP side of one service: what its controllers serve, health, and this document itself. */
export function openApiDocument(service: {
  title: string;
  description: string;
  controllers: readonly Type[];
}): OpenApiDocument {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of [...routesOf(service.controllers), getOpenApi]) {
    paths[route.path] = {...paths[route.path], [route.method]: operationOf(route)};
  }
  return {
    openapi: '3.1.1',
    info: {
      title: service.title,
      version: '1',
      description: service.description,
      license: {name: 'Apache-2.0', identifier: 'Apache-2.0'},
    },
    paths,
    components: {
      schemas: {Problem: schemaOf(problemSchema, 'output')},
      responses: OFF_THE_PATHS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function operationOf(route: Route): Json {
  const {operationId, summary, signedBy, params, query, headers, body} = route;
  const parameters = [
    ...parametersOf(params, 'path'),
    ...parametersOf(query, 'query'),
    ...parametersOf(headers, 'header'),
  ];
  return {
    operationId,
    summary,
    ...(signedBy === undefined ? {} : {description: `Signed by ${signedBy}.`, security: SIGNATURE}),
    ...(parameters.length === 0 ? {} : {parameters}),
    ...(body === undefined
      ? {}
      : {requestBody: {required: true, ...describe(body), content: contentOf(body, 'input')}}),
    responses: responsesOf(route),
  };
}

function responsesOf(route: Route): Json {
  const responses: Record<string, Json> = {};
  for (const [status, answer] of Object.entries(route.answers)) responses[status] = answerOf(answer);
  for (const [status, codes] of possibleErrors(route)) {
    const {description, content} = (responses[String(status)] ?? {}) as {description?: string; content?: Json};
    responses[String(status)] = {
      description: [description, codes.join(', ')].filter((part) => part !== undefined).join('; '),
      ...(RETRYABLE.has(status)
        ? {
            headers: {
              'Retry-After': {
                description: 'Seconds to wait, when that is known.',
                schema: {type: 'integer', minimum: 1},
              },
            },
          }
        : {}),
      content: {...content, 'application/problem+json': {schema: problemOf(status, codes)}},
    };
  }
  return responses;
}

function answerOf(answer: RouteAnswer): Json {
  const {description, headers = {}} = answer;
  const named = Object.entries(headers).map(
    ([name, says]) => [name, {description: says, schema: {type: 'string'}}] as const,
  );
  const content = contentOf(answer, 'output');
  return {
    description,
    ...(named.length === 0 ? {} : {headers: Object.fromEntries(named)}),
    ...(Object.keys(content).length === 0 ? {} : {content}),
  };
}

function contentOf({json, bytes = []}: RouteContent, io: 'input' | 'output'): Json {
  return {
    ...(json === undefined ? {} : {'application/json': {schema: schemaOf(json, io)}}),
    ...Object.fromEntries(bytes.map((type) => [type, {}])),
  };
}

const describe = ({description}: RouteContent): Json => (description === undefined ? {} : {description});

function problemOf(status: number, codes: readonly ErrorCode[]): Json {
  return {
    allOf: [{$ref: '#/components/schemas/Problem'}, {properties: {status: {const: status}, code: {enum: codes}}}],
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query' | 'header'): Json[] {
  if (schema === undefined) return [];
  const {properties = {}, required = []} = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, {description, ...rest}]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : {description}),
    schema: rest,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  // The dialect is OpenAPI 3.1's own: said once for the whole document.
  return Object.fromEntries(
    Object.entries(z.toJSONSchema(schema, {io, target: 'draft-2020-12'})).filter(([name]) => name !== '$schema'),
  );
}
