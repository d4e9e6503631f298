import {
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import {RouteConfig} from '@nestjs/platform-fastify';
import {RequestSignatureGuard} from '../signature/request-signature.guard.js';
import {BytesInterceptor} from './bytes.interceptor.js';
import {ROUTE} from './declared-routes.js';
import {readRequest} from './read-request.js';
import type {DeclaredRequest} from './read-request.js';
import type {AnswerOf, RequestOf, Route} from './route.js';

type Handler<R extends Route> = (request: RequestOf<R>, ...nest: never[]) => AnswerOf<R> | Promise<AnswerOf<R>>;

/**
 * Makes a method of a controller the handler of a declared route: its method and path, the signature guard when it is
 * signed, the status of its first answer, and the parsed request as the first parameter. Parameters after it are
 * Nest's (`@Req()`, `@Res()`).
 */
export const Serves =
  <R extends Route>(declaration: R) =>
  <H extends Handler<R>>(target: object, name: string, descriptor: TypedPropertyDescriptor<H>): void => {
    const {method, path, signedBy, answers} = declaration;
    RequestIn(declaration)(target, name, 0);
    applyDecorators(
      RequestMapping({
        method: RequestMethod[method.toUpperCase() as keyof typeof RequestMethod],
        path: nestPathOf(path),
      }),
      SetMetadata(ROUTE, declaration),
      RouteConfig({[ROUTE]: declaration}),
      HttpCode(Number(Object.keys(answers)[0])),
      UseInterceptors(new BytesInterceptor(declaration)),
      ...(signedBy === undefined ? [] : [UseGuards(RequestSignatureGuard)]),
    )(target, name, descriptor);
  };

/** '/v1/things/{id}' as NestJS and Fastify write it: '/v1/things/:id'. */
export const nestPathOf = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const RequestIn = createParamDecorator((declaration: Route, execution) =>
  readRequest(declaration, execution.switchToHttp().getRequest<DeclaredRequest>()),
);
