// A server that answers, with the hooks of our services: a server span and its context for each request, its duration
// by route and status. Which of the two it exports, it is told; without exports the API's calls do nothing.
import {startMetrics, startTelemetry, withSpan} from '@vitalvault/process';
import fastify from 'fastify';
import type {AddressInfo} from 'node:net';
import {measureRequests} from '../../../libs/http/src/service/request-duration.js';
import {traceRequests} from '../../../libs/http/src/service/request-span.js';

export interface ObservedOrder {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly otlpUrl: string;
}

async function serve({traces, metrics, otlpUrl}: ObservedOrder): Promise<number> {
  if (traces) startTelemetry({service: 'bench', otlpUrl});
  if (metrics) startMetrics({service: 'bench', otlpUrl});
  const server = fastify();
  traceRequests(server);
  measureRequests(server);
  // One step inside, as a handler that asks another service has.
  server.post('/v1/things/:id', async () => {
    await withSpan('step', {kind: 'client'}, () => undefined);
    return {done: true};
  });
  await server.listen({host: '127.0.0.1', port: 0});
  return (server.server.address() as AddressInfo).port;
}

process.once('message', (order: ObservedOrder) => {
  void serve(order).then((port) => process.send?.(port));
});
process.once('disconnect', () => process.exit(0));
