import {z} from 'zod';
import {route} from '../route/route.js';

/** Every service tells what it answers. */
export const getOpenApi = route({
  method: 'get',
  path: '/openapi.json',
  operationId: 'getOpenApi',
  summary: 'This document.',
  answers: {200: {description: 'OpenAPI 3.1.', json: z.looseObject({openapi: z.string()})}},
  errors: [],
});
