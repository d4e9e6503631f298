import type {CallHandler, ExecutionContext, NestInterceptor} from '@nestjs/common';
import type {FastifyReply} from 'fastify';
import {map} from 'rxjs';
import type {Observable} from 'rxjs';
import type {Route} from './route.js';

/** Bytes that a handler returns leave with the content type that its route declares for them. */
export class BytesInterceptor implements NestInterceptor {
  readonly #type: string | undefined;

  constructor({answers}: Route) {
    this.#type = Object.values(answers).flatMap(({bytes = []}) => bytes)[0];
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!(answer instanceof Uint8Array) || this.#type === undefined) return answer;
        // Not before: an error has a type of its own.
        void reply.type(this.#type);
        return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
      }),
    );
  }
}
