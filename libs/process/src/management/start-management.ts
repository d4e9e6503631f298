import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Readiness} from '../health/readiness.js';
import type {Metrics} from '../metrics/start-metrics.js';

export interface Management {
  /** http://host:port */
  readonly url: string;
  close(): Promise<void>;
}

const REQUEST_MS = 5_000;

/**
 * What runs the process asks here, on a port of its own that no patient, device or other service reaches: /livez: the
 * event loop turns · /startz: it has come up · /readyz: it can do its work, 503 with the reasons otherwise; what only a
 * part waits for stands under `degraded`, as a list of {part, at, since, reason} · /metrics: what was measured, for
 * Prometheus.
 * @param options.port 0: any that is free
 */
export async function startManagement(options: {
  host: string;
  port: number;
  readiness: Readiness;
  metrics?: Metrics;
}): Promise<Management> {
  const server = createServer({requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS}, (request, response) => {
    void answer(request, response, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const {port} = server.address() as AddressInfo;
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${name}:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {readiness, metrics}: {readonly readiness: Readiness; readonly metrics?: Metrics},
): Promise<void> {
  const send = (status: number, body: object): void => {
    response
      .writeHead(status, {'content-type': 'application/json', 'cache-control': 'no-store'})
      .end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
  };
  const path = request.url?.split('?', 1)[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') send(405, {status: 'only GET'});
  else if (path === '/livez') send(200, {status: 'ok'});
  else if (path === '/startz') send(readiness.started ? 200 : 503, {status: readiness.started ? 'ok' : 'starting'});
  else if (path === '/readyz') send(...(await readyAnswer(readiness)));
  else if (path === '/metrics' && metrics !== undefined) await metrics.answer(response);
  else send(404, {status: 'not found'});
}

async function readyAnswer(readiness: Readiness): Promise<[status: number, body: object]> {
  const {reasons, degraded} = await readiness.look();
  const waits = degraded.length === 0 ? {} : {degraded};
  return Object.keys(reasons).length === 0
    ? [200, {status: 'ok', ...waits}]
    : [503, {status: 'not ready', reasons, ...waits}];
}
