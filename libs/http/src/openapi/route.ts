import type {ErrorCode} from '@vitalvault/errors';
import type {z} from 'zod';

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
 * One route of a service, described beside its controller. Its errors are codes of the catalogue; those that every
 * request of its kind can meet come by themselves.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'put';
  /** As OpenAPI writes it: /v1/patients/{patient}/grants */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Whose signature by RFC 9421 it demands; left out: none. */
  readonly signedBy?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: RouteContent;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly errors: readonly ErrorCode[];
}
