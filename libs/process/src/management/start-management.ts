import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Readiness} from '../health/readiness.js';
import type {Logger} from '../logging/create-logger.js';
import type {LogLevel} from '../logging/log-level.js';
import type {Metrics} from '../metrics/start-metrics.js';

export interface Management {
  /** http://host:port */
  readonly url: string;
  close(): Promise<void>;
}

/** What is told, and what may be asked for. */
interface Told {
  readonly readiness: Readiness;
  readonly metrics?: Metrics;
  readonly logLevel?: LogLevel;
  readonly logger?: Logger;
}

const REQUEST_MS = 5_000;

/**
 * What runs the process asks here, on a port of its own that no patient, device or other service reaches: /livez: the
 * event loop turns · /startz: it has come up · /readyz: it can do its work, 503 with the reasons otherwise; what only a
 * part waits for stands under `degraded`, as a list of {part, at, since, reason} · /metrics: what was measured, for
 * Prometheus · /log-level: from which level on it logs; PUT with `level` and `seconds`: more, for a time.
 * @param options.port 0: any that is free
 */
export async function startManagement({
  host,
  port: wanted,
  ...told
}: Told & {readonly host: string; readonly port: number}): Promise<Management> {
  const server = createServer({requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS}, (request, response) => {
    void answer(request, response, told);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const {port} = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
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

type Answer = readonly [status: number, body: object];

const NOT_FOUND: Answer = [404, {status: 'not found'}];
const isLook = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

async function answer(request: IncomingMessage, response: ServerResponse, told: Told): Promise<void> {
  const {method, url = ''} = request;
  const path = url.split('?', 1)[0];
  if (path === '/metrics' && told.metrics !== undefined && isLook(method)) {
    await told.metrics.answer(response, request.headers.accept);
    return;
  }
  const [status, body] = path === '/log-level' ? levelAnswer(request, told) : await healthAnswer(path, method, told);
  response
    .writeHead(status, {'content-type': 'application/json', 'cache-control': 'no-store'})
    .end(method === 'HEAD' ? undefined : JSON.stringify(body));
}

async function healthAnswer(path: string | undefined, method: string | undefined, {readiness}: Told): Promise<Answer> {
  if (!isLook(method)) return [405, {status: 'only GET'}];
  if (path === '/livez') return [200, {status: 'ok'}];
  if (path === '/startz') return readiness.started ? [200, {status: 'ok'}] : [503, {status: 'starting'}];
  return path === '/readyz' ? readyAnswer(readiness) : NOT_FOUND;
}

/** Nothing but these two words, each once. */
const ASKED = /^\/log-level\?level=([a-z]+)&seconds=(\d{1,6})$/;

function levelAnswer({method, url = ''}: IncomingMessage, {logLevel, logger}: Told): Answer {
  if (logLevel === undefined) return NOT_FOUND;
  if (method === 'PUT') {
    const [, level = '', seconds = ''] = ASKED.exec(url) ?? [];
    const fault = level === '' ? 'PUT /log-level?level=debug&seconds=600' : logLevel.ask(level, Number(seconds));
    if (fault !== undefined) return [400, {status: fault}];
    logger?.info(`the log level is ${logLevel.current}, asked for ${seconds} s`);
  } else if (!isLook(method)) return [405, {status: 'only GET and PUT'}];
  const {configured, current: level, untilMs} = logLevel;
  const until = untilMs === undefined ? {} : {until: new Date(untilMs).toISOString()};
  return [200, {level, configured, ...until}];
}

async function readyAnswer(readiness: Readiness): Promise<Answer> {
  const {reasons, degraded} = await readiness.look();
  const waits = degraded.length === 0 ? {} : {degraded};
  return Object.keys(reasons).length === 0
    ? [200, {status: 'ok', ...waits}]
    : [503, {status: 'not ready', reasons, ...waits}];
}
