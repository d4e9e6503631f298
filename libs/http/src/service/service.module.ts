import {Global, Module} from '@nestjs/common';
import type {DynamicModule, Type} from '@nestjs/common';
import {APP_FILTER, APP_INTERCEPTOR} from '@nestjs/core';
import {GrpcSpanInterceptor} from '@vitalvault/grpc';
import type {Logger} from '@vitalvault/process';
import {LOGGER} from '../service.tokens.js';
import {ProblemFilter} from './problem-filter.js';
import {Readiness} from '@vitalvault/process';
import {Strangers} from './strangers.js';

/**
 * Root around a service's own module: gives it the logger, the readiness register, the problem filter and gRPC spans.
 */
@Global()
@Module({})
export class ServiceModule {
  static around(module: Type | DynamicModule, given: {logger: Logger; readiness: Readiness}): DynamicModule {
    return {
      module: ServiceModule,
      imports: [module],
      providers: [
        {provide: LOGGER, useValue: given.logger},
        {provide: Readiness, useValue: given.readiness},
        {provide: Strangers, useValue: new Strangers()},
        {provide: APP_FILTER, useClass: ProblemFilter},
        {provide: APP_INTERCEPTOR, useClass: GrpcSpanInterceptor},
      ],
      exports: [LOGGER, Readiness, Strangers],
    };
  }
}
