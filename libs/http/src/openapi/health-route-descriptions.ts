import {z} from 'zod';
import type {Route} from '../route/route.js';

const waits = z.record(z.string(), z.string()).describe('Reasons by part.');
const ok = {description: 'Yes.', json: z.strictObject({status: z.literal('ok')})};

/** What every service answers about its health; the handlers are in ../service/health-routes.ts. */
export const healthRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/livez',
    operationId: 'isAlive',
    summary: 'Whether the process turns.',
    answers: {200: ok},
    errors: [],
  },
  {
    method: 'get',
    path: '/startz',
    operationId: 'hasStarted',
    summary: 'Whether it has come up.',
    errors: [],
    answers: {200: ok, 503: {description: 'Not yet.', json: z.strictObject({status: z.literal('starting')})}},
  },
  {
    method: 'get',
    path: '/readyz',
    operationId: 'isReady',
    summary: 'Whether it can do its work now.',
    errors: [],
    answers: {
      200: {
        description: 'Yes; `degraded` names what only a part of it waits for.',
        json: z.strictObject({status: z.literal('ok'), degraded: waits.optional()}),
      },
      503: {
        description: 'No, and why.',
        json: z.strictObject({status: z.literal('not ready'), reasons: waits, degraded: waits.optional()}),
      },
    },
  },
];
