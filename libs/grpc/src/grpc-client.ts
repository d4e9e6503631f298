import {Client, Metadata, status} from '@grpc/grpc-js';
import {create, fromBinary, toBinary} from '@bufbuild/protobuf';
import type {DescMessage, DescMethodUnary, DescService, MessageInitShape, MessageShape} from '@bufbuild/protobuf';
import {DomainError} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import {histogram, injectHeaders, withSpan} from '@vitalvault/process';
import {statusName} from './call-duration.js';
import {fromGrpcError} from './grpc-errors.js';
import {insecureInTime} from './insecure-in-time.js';

export interface CallOptions {
  /** How long the answer is waited for; the other side is told, and stops too. Default: the client's. */
  readonly deadlineMs?: number;
  /** Ends the call, here and at the other side, when nobody waits for its answer any more. */
  readonly signal?: AbortSignal;
}

type UnaryCalls<S extends DescService> = {
  readonly [
    K in keyof S['method'] as S['method'][K] extends DescMethodUnary ? K : never
  ]: S['method'][K] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : never;
};

/** Unary calls of one service, each with a deadline, the trace handed on, and errors as DomainError. */
export type GrpcClient<S extends DescService> = UnaryCalls<S> & {
  /** Whether the other side takes calls now, for readiness. @throws DomainError `unavailable` */
  reachable(): Promise<void>;
  close(): void;
};

const MAX_MESSAGE_BYTES = 8 * 1_048_576;
const DEADLINE_MS = 5_000;
// Below the time that a readiness check has.
const REACHABLE_MS = 1_500;
const KEEPALIVE_MS = 3_000;
const KEEPALIVE_TIMEOUT_MS = 2_000;
// Whoever connects anew sees who is there, and a name server that is asked no more often has no herd.
const RESOLVE_MS = 5_000;
const MILLISECONDS = 1_000;

/**
 * @param options.url host:port
 * @param options.unavailable what it means that the other side does not answer, for example `policy-unavailable`
 */
export function grpcClient<S extends DescService>(
  service: S,
  options: {url: string; unavailable: ErrorCode; deadlineMs?: number},
): GrpcClient<S> {
  const client = new Client(`dns:///${options.url}`, insecureInTime(), {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    // A peer that comes back is found within a second instead of after a backoff that grows to two minutes.
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // One that vanished without a word is left after five seconds, also when nothing is asked: the kernel would take a
    // quarter of an hour.
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.keepalive_permit_without_calls': 1,
    // Over every address of the name: replicas share the calls, and a new one gets its part.
    'grpc.service_config': JSON.stringify({loadBalancingConfig: [{round_robin: {}}]}),
    // No name server has a say in that.
    'grpc.service_config_disable_resolution': 1,
    'grpc.dns_min_time_between_resolutions_ms': RESOLVE_MS,
  });
  const duration = histogram('rpc.client.call.duration');
  const calls: Record<string, unknown> = {
    close: () => {
      client.close();
    },
    reachable: () => reachable(client, options.unavailable),
  };
  for (const method of service.methods) {
    if (method.methodKind !== 'unary') continue;
    const unary = method as DescMethodUnary;
    calls[method.localName] = (request: object, given: CallOptions = {}) =>
      withSpan(
        `${service.typeName}/${method.name}`,
        {
          kind: 'client',
          attributes: {'rpc.system': 'grpc', 'rpc.service': service.typeName, 'rpc.method': method.name},
        },
        () =>
          call({client, service, method: unary, unavailable: options.unavailable, duration}, request, {
            deadlineMs: options.deadlineMs ?? DEADLINE_MS,
            ...given,
          }),
      );
  }
  return calls as GrpcClient<S>;
}

function reachable(client: Client, unavailable: ErrorCode): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + REACHABLE_MS, (cause) => {
      if (cause === undefined) resolve();
      else reject(new DomainError(unavailable, {cause}));
    });
  });
}

interface Target {
  readonly client: Client;
  readonly service: DescService;
  readonly method: DescMethodUnary;
  readonly unavailable: ErrorCode;
  readonly duration: ReturnType<typeof histogram<'rpc.client.call.duration'>>;
}

function call(
  {client, service, method, unavailable, duration}: Target,
  request: object,
  {deadlineMs = DEADLINE_MS, signal}: CallOptions,
): Promise<object> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(injectHeaders())) metadata.set(name, value);
  const atMs = performance.now();
  return new Promise((resolve, reject) => {
    const running = client.makeUnaryRequest(
      `/${service.typeName}/${method.name}`,
      encoder(method.input),
      decoder(method.output),
      request,
      metadata,
      {deadline: Date.now() + deadlineMs},
      (error, value) => {
        signal?.removeEventListener('abort', cancel);
        duration((performance.now() - atMs) / MILLISECONDS, {
          'rpc.method': `${service.typeName}/${method.name}`,
          'rpc.response.status_code': statusName(error?.code ?? status.OK),
        });
        if (error !== null) reject(fromGrpcError(error, unavailable));
        else resolve(value ?? create(method.output));
      },
    );
    const cancel = (): void => {
      running.cancel();
    };
    signal?.addEventListener('abort', cancel, {once: true});
    if (signal?.aborted === true) cancel();
  });
}

const encoder =
  <D extends DescMessage>(schema: D) =>
  (value: object): Buffer =>
    Buffer.from(toBinary(schema, create(schema, value as MessageInitShape<D>)));
const decoder =
  <D extends DescMessage>(schema: D) =>
  (bytes: Buffer): MessageShape<D> =>
    fromBinary(schema, bytes);
