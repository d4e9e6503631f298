import type {DynamicModule, Type} from '@nestjs/common';
import {NestFactory} from '@nestjs/core';
import type {CustomStrategy, GrpcOptions} from '@nestjs/microservices';
import {FastifyAdapter} from '@nestjs/platform-fastify';
import type {NestFastifyApplication} from '@nestjs/platform-fastify';
import type {BucketRate, Logger} from '@vitalvault/process';
import {addBodyParsers} from './body-parsers.js';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {setTimeout as sleep} from 'node:timers/promises';
import {answerClientError} from './client-error.js';
import {serveDeclaredRoutes} from '../route/declared-routes.js';
import {leaveConnections} from './leave-connections.js';
import {limitAddresses} from './limit-addresses.js';
import {NestLogger} from './nest-logger.js';
import {OpenConnections} from './open-connections.js';
import {Readiness} from '@vitalvault/process';
import {measureRequests} from './request-duration.js';
import {sendProblem, toDomainError} from './problem-filter.js';
import {traceRequests} from './request-span.js';
import {ServiceModule} from './service.module.js';

export interface HttpServiceOptions {
  readonly module: Type | DynamicModule;
  readonly logger: Logger;
  /** Whether the process can work, and whether it stops; default: one of its own. */
  readonly readiness?: Readiness;
  readonly host: string;
  readonly httpPort: number;
  /** Largest body in bytes; default 64 KiB. */
  readonly bodyLimitBytes?: number;
  /** Time for a whole request to arrive, headers and body; default 10 s. */
  readonly requestTimeoutMs?: number;
  /** Proxies whose X-Forwarded-For is believed; addresses or networks. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Of requests from one address; default: `limitAddresses`'. */
  readonly addressRate?: BucketRate;
  /** How long `close` goes on serving after it said so in /readyz, in milliseconds; default 0. */
  readonly drainMs?: number;
  /** Called when that time is over, before anything closes. */
  readonly drained?: () => void;
  /** gRPC (`grpcOptions`) and bus servers; started before HTTP listens. */
  readonly microservices?: readonly (GrpcOptions | CustomStrategy)[];
}

export interface HttpService {
  readonly app: NestFastifyApplication;
  readonly readiness: Readiness;
  /** Starts the microservices, then listens. @returns the URL. */
  listen(): Promise<string>;
  /** Not ready from now on, but serving for `drainMs`; then ends open requests and calls and closes everything. */
  close(): Promise<void>;
}

/** Every JSON body of ours has room in it many times over; a service that takes more says so. */
const BODY_LIMIT_BYTES = 65_536;
/** A body of that size arrives in it over 50 kbit/s; who sends slower holds a connection for nothing. */
const REQUEST_TIMEOUT_MS = 10_000;
/** So often Node looks for requests that are late; a late one is cut that much later at the most. */
const CHECK_CONNECTIONS_MS = 500;

/** NestJS on Fastify as every service of ours runs it: limits, time-outs, problem documents, spans, metrics. */
export async function createHttpService(options: HttpServiceOptions): Promise<HttpService> {
  const {logger} = options;
  const readiness = options.readiness ?? new Readiness();
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    requestTimeout,
    trustProxy: [...(options.trustedProxies ?? [])],
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // Who still comes on an open connection while we close is served too; the answer tells him to go elsewhere.
    return503OnClosing: false,
    // Node looks at slow requests only every 30 s unless told.
    http: {connectionsCheckingInterval: CHECK_CONNECTIONS_MS, headersTimeout: requestTimeout, requestTimeout},
    clientErrorHandler: answerClientError,
    // A path that cannot be read reaches no filter; Fastify's own answer would repeat it.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply, toDomainError(error));
    },
  });
  const instance = adapter.getInstance();
  const connections = new OpenConnections(instance.server);
  traceRequests(instance);
  measureRequests(instance);
  limitAddresses(instance, options.addressRate, () => {
    logger.warn('a trusted proxy writes X-Forwarded-For in a way that cannot be read: all its clients count as one');
  });
  addBodyParsers(instance);
  leaveConnections(instance, readiness);
  serveDeclaredRoutes(instance);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceModule.around(options.module, {logger, readiness}),
    adapter,
    {logger: new NestLogger(logger), bodyParser: false, abortOnError: false},
  );
  for (const microservice of options.microservices ?? [])
    app.connectMicroservice(microservice, {inheritAppConfig: true});
  let closing: Promise<void> | undefined;
  let listening = false;
  return {
    app,
    readiness,
    listen: async () => {
      await app.startAllMicroservices();
      await app.listen(options.httpPort, options.host);
      listening = true;
      readiness.started = true;
      return app.getUrl();
    },
    close: () =>
      (closing ??= (async (): Promise<void> => {
        readiness.stop();
        if (listening) await sleep(options.drainMs ?? 0);
        options.drained?.();
        await connections.reapDuring(app.close());
      })()),
  };
}
