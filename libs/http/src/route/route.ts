import type {ErrorCode} from '@vitalvault/errors';
import type {z} from 'zod';
import type {Caller} from '../signature/signature-ports.js';

/** What a request or an answer carries: JSON of a schema, or bytes of one of these types. */
export interface RouteContent {
  readonly json?: z.ZodType;
  readonly bytes?: readonly string[];
  readonly description?: string;
}

/** An answer that is no error. Headers by name, each with what it says. */
export interface RouteAnswer extends RouteContent {
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One route of a service, said once: `@Serves` makes path, guard, validation and status of it, and the OpenAPI document
 * tells it. Its errors are codes of the catalogue; those that every request of its kind can meet come by themselves.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: /v1/patients/{patient}/grants */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Whose signature by RFC 9421 it demands; left out: none. */
  readonly signedBy?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** A request of another content type is answered 415 before its body is read. */
  readonly body?: RouteContent;
  /** By status; NestJS answers with the lowest unless the handler sets another. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly errors: readonly ErrorCode[];
}

type Parsed<Part extends string, S> = S extends z.ZodType ? Readonly<Record<Part, z.output<S>>> : unknown;
type Part<R extends Route, Name extends keyof Route> =
  R extends Readonly<Record<Name, infer S>> ? Parsed<Name, S> : unknown;
type BodyOf<R extends Route> = R extends {readonly body: infer B}
  ? B extends {readonly json: infer S}
    ? Parsed<'body', S>
    : B extends {readonly bytes: readonly (infer T)[]}
      ? {readonly body: Uint8Array; readonly contentType: T}
      : unknown
  : unknown;
type CallerOf<R extends Route> = R extends {readonly signedBy: string} ? {readonly caller: Caller} : unknown;

/**
 * What a handler of this route is given: `params`, `query`, `headers` and `body` as their schemas give them, bytes with
 * their `contentType`, and who signed as `caller`. What the route does not declare is not there.
 */
export type RequestOf<R extends Route> = Part<R, 'params'> &
  Part<R, 'query'> &
  Part<R, 'headers'> &
  BodyOf<R> &
  CallerOf<R>;

/** What a handler that says nothing returns. */
type Nothing = ReturnType<() => void>;
type JsonOf<A> = A extends {readonly json: infer S extends z.ZodType} ? z.output<S> : never;
type BytesOf<A> = A extends {readonly bytes: readonly (infer T)[]}
  ? 'text/event-stream' extends T
    ? Nothing
    : Uint8Array
  : never;
type NothingOf<A> = A extends {readonly json: unknown} | {readonly bytes: unknown} ? never : Nothing;
type ContentOf<A> = JsonOf<A> | BytesOf<A> | NothingOf<A>;

/** What its handler may return: JSON or bytes of one of its answers; nothing where a stream is opened by hand. */
export type AnswerOf<R extends Route> = ContentOf<R['answers'][keyof R['answers']]>;

type NothingElse<R> = Readonly<Record<Exclude<keyof R, keyof Route>, never>>;

/**
 * Declares a route.
 * @throws Error when the path and `params` name different things, or a GET has a body: a fault of the programmer
 */
export function route<const R extends Route>(declaration: R & NothingElse<R>): R {
  const {method, path, params, body, answers} = declaration as Route;
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  const parsed = Object.keys(params?.shape ?? {}).sort();
  const fault =
    named.join() !== parsed.join()
      ? `its path names {${named.join()}}, its params {${parsed.join()}}`
      : method === 'get' && body !== undefined
        ? 'a GET has no body'
        : Object.keys(answers).length === 0
          ? 'it answers nothing'
          : undefined;
  if (fault !== undefined) throw new Error(`${method.toUpperCase()} ${path}: ${fault}`);
  return declaration;
}
