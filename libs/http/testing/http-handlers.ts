import type {Type} from '@nestjs/common';
import {Reflector} from '@nestjs/core';
import {ROUTE} from '../src/route/declared-routes.js';
import type {Route} from '../src/route/route.js';
import {RequestSignatureGuard} from '../src/signature/request-signature.guard.js';

export interface HttpHandler {
  /** As 'AlertsController.list'. */
  readonly name: string;
  readonly route: Route | undefined;
  /** Whether the signature guard stands before it. */
  readonly guarded: boolean;
}

/** NestJS' own names of what its decorators leave at a method and a class. */
const PATH = 'path';
const GUARDS = '__guards__';
const reflector = new Reflector();

/** Every method of these controllers that NestJS serves over HTTP, declared or not. */
export function httpHandlers(controllers: readonly Type[]): HttpHandler[] {
  return controllers.flatMap((controller) =>
    Object.entries(Object.getOwnPropertyDescriptors(controller.prototype as object)).flatMap(([name, {value}]) => {
      if (typeof value !== 'function' || name === 'constructor') return [];
      const handler = value as () => unknown;
      if (reflector.get<string | undefined>(PATH, handler) === undefined) return [];
      const guards = [controller, handler].flatMap((one) => reflector.get<unknown[] | undefined>(GUARDS, one) ?? []);
      return [
        {
          name: `${controller.name}.${name}`,
          route: reflector.get<Route | undefined>(ROUTE, handler),
          guarded: guards.includes(RequestSignatureGuard),
        },
      ];
    }),
  );
}
