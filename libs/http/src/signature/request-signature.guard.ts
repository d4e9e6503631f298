import {Inject, Injectable} from '@nestjs/common';
import type {CanActivate, ExecutionContext} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {FastifyRequest} from 'fastify';
import type {RawBodyRequest} from '../service/body-parsers.js';
import {addressKey} from '../service/limit-addresses.js';
import {Strangers} from '../service/strangers.js';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION} from './signature-ports.js';
import type {Caller, KeyResolver, NonceMemory} from './signature-ports.js';
import {verifyRequestSignature} from './verify-request-signature.js';

/** Requests that one key may sign: a screen that loads asks for dozens at once. */
const KEY_RATE = {burst: 1_000, refillPerSecond: 100};
const MOST_MET = 20_000;

type SignedRequest = FastifyRequest & RawBodyRequest & {caller?: Caller};

/**
 * Lets a request through only if a current ledger key signed it. `@Serves` puts it before every
 * signed route and gives the handler the caller.
 */
@Injectable()
export class RequestSignatureGuard implements CanActivate {
  readonly #callers = new TokenBuckets(KEY_RATE);
  /** Keys that were somebody's lately: they are not asked for as strangers. */
  readonly #met = new Set<string>();

  constructor(
    @Inject(KEY_RESOLVER) private readonly keys: KeyResolver,
    @Inject(NONCE_MEMORY) private readonly nonces: NonceMemory,
    @Inject(ORGANISATION) private readonly organisation: string,
    @Inject(Strangers) private readonly strangers: Strangers,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<SignedRequest>();
    const address = addressKey(request.ip);
    let named: Caller | undefined;
    request.caller = await verifyRequestSignature(
      {method: request.method, target: request.raw.url ?? '/', headers: request.headers, body: request.rawBody},
      {
        keys: {resolve: async (keyId) => (named = await this.#resolve(keyId, address))},
        nonces: this.nonces,
        organisation: this.organisation,
        now: () => Math.floor(Date.now() / 1_000),
      },
    ).catch((error: unknown) => {
      const wrong = error instanceof DomainError && error.code === 'signature-invalid';
      if (wrong && named !== undefined) this.strangers.wrong(address, named.keyId);
      throw error;
    });
    this.#charge(request.caller);
    return true;
  }

  async #resolve(keyId: string, address: string): Promise<Caller | undefined> {
    const caller = await this.#callerOf(keyId, address);
    // Right before it is verified: anybody can name a key that there is.
    const refused = caller === undefined ? undefined : this.strangers.signature(address, keyId);
    if (refused !== undefined) throw refused;
    return caller;
  }

  // A key that nobody has may be waited for, in case that its block is still to come: strangers are limited before.
  async #callerOf(keyId: string, address: string): Promise<Caller | undefined> {
    if (this.#met.has(keyId)) return this.keys.resolve(keyId);
    const known = this.strangers.ask(address, 1);
    const caller = await this.keys.resolve(keyId).catch((error: unknown) => {
      known(1);
      throw error;
    });
    if (caller === undefined) return undefined;
    known(1);
    if (this.#met.size >= MOST_MET) this.#met.clear();
    this.#met.add(keyId);
    return caller;
  }

  #charge({keyId}: Caller): void {
    this.#callers.charge(keyId, Date.now());
  }
}
