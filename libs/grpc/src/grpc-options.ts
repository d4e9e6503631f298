import {ReflectionService} from '@grpc/reflection';
import type {PackageDefinition} from '@grpc/proto-loader';
import type {Server} from '@grpc/grpc-js';
import type {DescService} from '@bufbuild/protobuf';
import {Transport} from '@nestjs/microservices';
import type {GrpcOptions} from '@nestjs/microservices';
import {HealthImplementation} from 'grpc-health-check';
import {measureCalls} from './call-duration.js';
import {packageDefinition} from './package-definition.js';

const MAX_MESSAGE_BYTES = 8 * 1_048_576;
/** A client that vanished is let go after five seconds, as a server is by its clients. */
const KEEPALIVE_MS = 3_000;
const KEEPALIVE_TIMEOUT_MS = 2_000;
/** Options of NestJS's gRPC server for these services, with health checking and reflection. `url` is host:port. */
export function grpcOptions(options: {services: readonly DescService[]; url: string}): GrpcOptions {
  const definition = packageDefinition(options.services);
  const health = new HealthImplementation(
    Object.fromEntries(
      ['', ...options.services.map((service) => service.typeName)].map((name) => [name, 'SERVING' as const]),
    ),
  );
  return {
    transport: Transport.GRPC,
    options: {
      url: options.url,
      package: [...new Set(options.services.map((service) => service.file.proto.package))],
      packageDefinition: definition,
      gracefulShutdown: true,
      maxReceiveMessageLength: MAX_MESSAGE_BYTES,
      maxSendMessageLength: MAX_MESSAGE_BYTES,
      channelOptions: {
        'grpc.keepalive_time_ms': KEEPALIVE_MS,
        'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
        interceptors: [measureCalls(options.services)],
        // No greatest age of a connection: @grpc/grpc-js ends calls that are under way on it, whatever the grace.
      },
      onLoadPackageDefinition: (_definition: unknown, server: Server) => {
        health.addToServer(server as unknown as Parameters<HealthImplementation['addToServer']>[0]);
        new ReflectionService(definition as unknown as PackageDefinition).addToServer(server);
      },
    },
  };
}
