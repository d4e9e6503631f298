import {Inject, Injectable} from '@nestjs/common';
import type {CanActivate, ExecutionContext} from '@nestjs/common';
import type {FastifyRequest} from 'fastify';
import type {RawBodyRequest} from '../service/body-parsers.js';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION} from './signature-ports.js';
import type {Caller, KeyResolver, NonceMemory} from './signature-ports.js';
import {verifyRequestSignature} from './verify-request-signature.js';

type SignedRequest = FastifyRequest & RawBodyRequest & {caller?: Caller};

/**
 * Lets a request through only if a current ledger key signed it. `@Serves` puts it before every
 * signed route and gives the handler the caller.
 */
@Injectable()
export class RequestSignatureGuard implements CanActivate {
  constructor(
    @Inject(KEY_RESOLVER) private readonly keys: KeyResolver,
    @Inject(NONCE_MEMORY) private readonly nonces: NonceMemory,
    @Inject(ORGANISATION) private readonly organisation: string,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<SignedRequest>();
    request.caller = await verifyRequestSignature(
      {method: request.method, target: request.raw.url ?? '/', headers: request.headers, body: request.rawBody},
      {
        keys: this.keys,
        nonces: this.nonces,
        organisation: this.organisation,
        now: () => Math.floor(Date.now() / 1_000),
      },
    );
    return true;
  }
}
