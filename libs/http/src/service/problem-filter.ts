import type {Metadata} from '@grpc/grpc-js';
import {Catch, HttpException, Inject} from '@nestjs/common';
import type {ArgumentsHost, ExceptionFilter} from '@nestjs/common';
import {DomainError, toProblem} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import type {FastifyReply} from 'fastify';
import {throwError} from 'rxjs';
import type {Observable} from 'rxjs';
import {toGrpcError} from '@vitalvault/grpc';
import type {Logger} from '@vitalvault/process';
import {LOGGER} from '../service.tokens.js';
import {counter, currentTraceId} from '@vitalvault/process';

/** The one place where an error becomes an answer: RFC 9457 over HTTP, a status with `vv-error` over gRPC. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #refused = counter('vitalvault.refusals');

  constructor(@Inject(LOGGER) private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): Observable<never> | undefined {
    // Kafka's handlers have no answer to give: libs/kafka-bus judges what they throw.
    if (host.getType() === 'rpc' && !isGrpc(host)) return throwError(() => thrown);
    const error = toDomainError(thrown);
    this.#refused(1, {code: error.code});
    if (error.code === 'internal') this.log.error('request failed', {error: thrown});
    else if (error.category === 'unavailable') this.log.warn('request failed', {code: error.code, error: thrown});
    if (host.getType() === 'rpc') return throwError(() => toGrpcError(error));
    sendProblem(host.switchToHttp().getResponse<FastifyReply>(), error);
    return undefined;
  }
}

const isGrpc = (host: ArgumentsHost): boolean =>
  typeof host.switchToRpc().getContext<Partial<Metadata> | undefined>()?.getMap === 'function';

export function sendProblem(reply: FastifyReply, error: DomainError): void {
  const problem = toProblem(error, currentTraceId());
  if (error.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/**
 * Errors of Fastify and NestJS that a client can cause, by their own codes; whatever else is a fault of ours and tells
 * nothing.
 */
export function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const foreign = (thrown as {code?: unknown} | null)?.code;
  const known = typeof foreign === 'string' ? FASTIFY[foreign] : undefined;
  if (known !== undefined) return new DomainError(known, {cause: thrown});
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as {statusCode?: unknown} | null)?.statusCode;
  return new DomainError(typeof status === 'number' ? (BY_STATUS[status] ?? 'internal') : 'internal', {cause: thrown});
}

const FASTIFY: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-content-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed',
  FST_ERR_BAD_URL: 'malformed',
  FST_ERR_NOT_FOUND: 'route-not-found',
  ECONNRESET: 'body-timeout',
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'malformed',
  404: 'route-not-found',
  405: 'method-not-allowed',
  408: 'body-timeout',
  413: 'body-too-large',
  414: 'malformed',
  415: 'unsupported-content-type',
  431: 'malformed',
};
