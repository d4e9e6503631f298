import type {Provider, Type} from '@nestjs/common';
import type {CustomStrategy, GrpcOptions} from '@nestjs/microservices';
import type {Host, Need, Opened, ProcessSettings, ReadinessCheck, Standstill} from '@vitalvault/process';
import type {z} from 'zod';
import {openApiController} from '../openapi/open-api.controller.js';
import type {OpenApiDocument} from '../openapi/open-api-document.js';

/** Settings that every service has. */
export interface ServiceSettings extends ProcessSettings {
  readonly host: string;
  readonly httpPort: number;
  /** Proxies whose X-Forwarded-For is believed; addresses or networks. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Requests that one address may send at once, and each second. */
  readonly addressBurst?: number;
  readonly addressRefillPerSecond?: number;
}

/** What a composition function is given beside the settings. */
export interface ServiceHost<Config> extends Host<Config> {
  /** What Kafka and PostgreSQL know this program by: `vv-<name>`. */
  readonly clientId: string;
  /** Where it notes how what it opens is closed: after everything else, last opened first, also if the start fails. */
  readonly opened: Opened;
}

/** Work that runs without a request. */
export interface Background {
  start(): unknown;
  /** Ends it after the piece in hand; must do no harm when it was never started. */
  stop(): unknown;
}

export interface ServiceCheck {
  readonly name: string;
  readonly check: ReadinessCheck;
  /** True only for what no call can be answered without. */
  readonly needed: Need;
}

/** What a service consists of, once its settings are known. */
export interface Composition {
  /** What the controllers ask for: use cases and ports. */
  readonly providers: readonly Provider[];
  /** Microservice transports of NestJS beside HTTP: `grpcOptions`, `KafkaServer`. */
  readonly transports: readonly (GrpcOptions | CustomStrategy)[];
  /** Started in this order once the service listens; stopped in the reverse order, after the last request. */
  readonly background: readonly Background[];
  /** In the order in which /readyz tells them. */
  readonly checks: readonly ServiceCheck[];
  /** What follows blocks or topics: where one of them stopped, /readyz and a gauge tell. */
  readonly followers?: readonly Standstill[];
  readonly limits?: {
    /** Largest body in bytes. */
    readonly bodyLimitBytes?: number;
    /** Time for a whole request to arrive, headers and body. */
    readonly requestTimeoutMs?: number;
  };
  /** Called when draining is over and before the server closes: ends what would hold open requests up. */
  readonly drained?: () => void;
}

export interface Service<Config extends ServiceSettings> {
  readonly name: string;
  readonly config: z.ZodObject & z.ZodType<Config>;
  /** Of HTTP; served too. */
  readonly document: OpenApiDocument;
  /** All controllers of NestJS: HTTP, gRPC and Kafka. */
  readonly controllers: readonly Type[];
  /** Builds everything by calling it; opens connections at the most, and starts nothing. */
  readonly compose: (config: Config, host: ServiceHost<Config>) => Composition | Promise<Composition>;
}

/** A service, said once: `serve` runs it, `describeDocument` and `describeComposition` test it. */
export const service = <Config extends ServiceSettings>(said: Service<Config>): Service<Config> => ({
  ...said,
  controllers: [...said.controllers, openApiController(said.document)],
});
