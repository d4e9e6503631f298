import type {Type} from '@nestjs/common';
import {Reflector} from '@nestjs/core';
import {ROUTE} from './declared-routes.js';
import type {Route} from './route.js';

const reflector = new Reflector();

/** The routes that these controllers serve, in their order. */
export function routesOf(controllers: readonly Type[]): Route[] {
  return controllers.flatMap(({prototype}) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype as object)).flatMap(({value}) => {
      if (typeof value !== 'function') return [];
      const found = reflector.get<Route | undefined>(ROUTE, value as () => unknown);
      return found === undefined ? [] : [found];
    }),
  );
}
