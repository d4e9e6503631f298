import {Client, Metadata, credentials} from '@grpc/grpc-js';
import {create, fromBinary, toBinary} from '@bufbuild/protobuf';
import type {DescMessage, DescMethodUnary, DescService, MessageInitShape, MessageShape} from '@bufbuild/protobuf';
import {DomainError} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import {injectHeaders, withSpan} from '@vitalvault/process';
import {fromGrpcError} from './grpc-errors.js';

type UnaryCalls<S extends DescService> = {
  readonly [
    K in keyof S['method'] as S['method'][K] extends DescMethodUnary ? K : never
  ]: S['method'][K] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: {deadlineMs?: number}) => Promise<MessageShape<O>>
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

/**
 * @param options.url host:port
 * @param options.unavailable what it means that the other side does not answer, for example `policy-unavailable`
 */
export function grpcClient<S extends DescService>(
  service: S,
  options: {url: string; unavailable: ErrorCode; deadlineMs?: number},
): GrpcClient<S> {
  const client = new Client(options.url, credentials.createInsecure(), {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    // A peer that comes back is found within a second instead of after a backoff that grows to two minutes.
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 1_000,
  });
  const calls: Record<string, unknown> = {
    close: () => {
      client.close();
    },
    reachable: () => reachable(client, options.unavailable),
  };
  for (const method of service.methods) {
    if (method.methodKind !== 'unary') continue;
    const unary = method as DescMethodUnary;
    calls[method.localName] = (request: object, given?: {deadlineMs?: number}) =>
      withSpan(
        `${service.typeName}/${method.name}`,
        {
          kind: 'client',
          attributes: {'rpc.system': 'grpc', 'rpc.service': service.typeName, 'rpc.method': method.name},
        },
        () =>
          call(
            {client, service, method: unary, unavailable: options.unavailable},
            request,
            given?.deadlineMs ?? options.deadlineMs ?? DEADLINE_MS,
          ),
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
}

function call({client, service, method, unavailable}: Target, request: object, deadlineMs: number): Promise<object> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(injectHeaders())) metadata.set(name, value);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${service.typeName}/${method.name}`,
      encoder(method.input),
      decoder(method.output),
      request,
      metadata,
      {deadline: Date.now() + deadlineMs},
      (error, value) => {
        if (error !== null) reject(fromGrpcError(error, unavailable));
        else resolve(value ?? create(method.output));
      },
    );
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
