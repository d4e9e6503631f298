import {fromHex} from '@vitalvault/contracts';
import {systemEnvironment} from '../environment.js';
import type {Environment} from '../environment.js';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {requireFinite} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {errorOf} from './problem.js';
import {signRequest} from './request-signature.js';

export type ServiceName = 'ingest' | 'policy' | 'storage' | 'notify';

export interface ApiOptions {
  /** Base URLs of the services of one organisation. */
  endpoints: Record<ServiceName, string>;
  /** That organisation's id, hexadecimal: requests are signed for it alone. */
  organisation: string;
  environment?: Partial<Environment>;
  /** Added to every request, for example a traceparent. */
  headers?: () => Record<string, string>;
  /**
   * Attempts in all for an answer of 429 or 503 or none; 1 = never again. Default 6, and more where the answer says
   * when to come again, for half a minute.
   */
  attempts?: number;
  /** A longer Retry-After is not waited for. Default 60,000 ms: the services' own are at most 30 s. */
  longestWaitMs?: number;
  /** Of one attempt, beside the time that its body takes over a slow line (20 kB/s). Default 30,000 ms. */
  timeoutMs?: number;
}

export interface ApiRequest {
  /** Signs by RFC 9421; without it the request goes unsigned. */
  signer?: StoredKey | undefined;
  /** Bytes go as they are, anything else as JSON. */
  body?: unknown;
  /** For bytes: `<name>` of application/vnd.vitalvault.<name>.v1+protobuf, or a whole content type. */
  contentType?: string;
  accept?: string;
  query?: Record<string, string | number | undefined>;
  attempts?: number;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** @throws SdkError `answer-malformed` */
  json: () => unknown;
}

const ATTEMPTS = 6;
/** So long who is told when to come again does: a broker or database that is restarted is back by then. */
const PATIENCE_MS = 30_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 60_000;
const TIMEOUT_MS = 30_000;
/** 1 MiB takes 52 s: ingest waits 60 s for a body. */
const SLOW_LINE_BYTES_PER_MS = 20;
const MEDIA_TYPE = /^[a-z-]+$/;

/** Calls the services of one organisation; refusals are thrown as `SdkError` with the service's own code. */
export class ApiClient {
  readonly environment: Environment;
  readonly organisation: Uint8Array;

  constructor(private readonly options: ApiOptions) {
    requireFinite('attempts', options.attempts ?? 1, 1);
    requireFinite('longestWaitMs', options.longestWaitMs ?? 0, 0);
    requireFinite('timeoutMs', options.timeoutMs ?? 1, 1);
    this.environment = systemEnvironment(options.environment);
    this.organisation = fromHex(options.organisation);
  }

  get(service: ServiceName, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    return this.call('GET', this.url(service, path, request), request);
  }

  post(service: ServiceName, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    return this.call('POST', this.url(service, path, request), request);
  }

  put(service: ServiceName, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    return this.call('PUT', this.url(service, path, request), request);
  }

  /** One signed request whose body is read by the caller as it comes (server-sent events). No retry. */
  async stream(
    service: ServiceName,
    path: string,
    request: ApiRequest & {signal?: AbortSignal; headers?: Record<string, string>},
  ): Promise<Response> {
    const url = this.url(service, path, request);
    const response = await this.environment.fetch(url, {
      method: 'GET',
      headers: {...this.headersOf('GET', url, request), ...request.headers},
      ...(request.signal ? {signal: request.signal} : {}),
    });
    if (!response.ok) throw errorOf(response.status, response.headers, await response.text());
    return response;
  }

  private url(service: ServiceName, path: string, {query = {}}: ApiRequest): URL {
    const url = new URL(path, this.options.endpoints[service]);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  private async call(method: string, url: URL, request: ApiRequest): Promise<ApiAnswer> {
    const given = request.attempts ?? this.options.attempts;
    const beganMs = this.environment.now();
    let waitedMs = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(method, url, request);
      } catch (error) {
        const wait = this.waitBefore(attempt, error);
        const told = given === undefined && error instanceof SdkError && error.retryAfterSeconds !== undefined;
        // A clock that is set back meanwhile makes nobody wait for longer.
        const spentMs = Math.max(waitedMs, this.environment.now() - beganMs);
        const patient = told && spentMs < PATIENCE_MS;
        if (wait === undefined || (attempt >= (given ?? ATTEMPTS) && !patient)) throw error;
        waitedMs += wait;
        await this.environment.sleep(wait);
      }
    }
  }

  private async once(method: string, url: URL, request: ApiRequest): Promise<ApiAnswer> {
    const body = bodyOf(request);
    let status: number;
    let headers: Headers;
    let bytes: Uint8Array;
    try {
      const response = await this.environment.fetch(url, {
        method,
        headers: this.headersOf(method, url, request),
        signal: AbortSignal.timeout(this.timeoutOf(body)),
        ...(body ? {body: body as Uint8Array<ArrayBuffer>} : {}),
      });
      ({status, headers} = response);
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new SdkError('network', {detail: `${method} ${url.origin}${url.pathname}: ${reasonOf(cause)}`, cause});
    }
    if (status >= 400) throw errorOf(status, headers, new TextDecoder().decode(bytes));
    return {status, headers, bytes, json: () => parseJson(bytes, url)};
  }

  private timeoutOf(body: Uint8Array | undefined): number {
    return (this.options.timeoutMs ?? TIMEOUT_MS) + Math.ceil((body?.length ?? 0) / SLOW_LINE_BYTES_PER_MS);
  }

  private headersOf(method: string, url: URL, request: ApiRequest): Record<string, string> {
    const body = bodyOf(request);
    const {environment, organisation} = this;
    const signed =
      request.signer &&
      signRequest(
        {method, url, body},
        {
          privateKey: privateHalf(request.signer),
          organisation,
          nowSeconds: Math.floor(environment.now() / 1000),
          nonce: environment.random(16),
        },
      );
    return {
      ...(body === undefined ? {} : {'content-type': contentTypeOf(request)}),
      accept: request.accept ?? 'application/json, application/problem+json, */*;q=0.1',
      ...this.options.headers?.(),
      ...signed,
    };
  }

  /** Milliseconds to wait before the next attempt, jittered; undefined when another one is pointless. */
  private waitBefore(attempt: number, error: unknown): number | undefined {
    if (!(error instanceof SdkError)) return undefined;
    const again =
      error.status === 429 || error.status === 503 || (error.code === 'network' && error.status === undefined);
    if (!again) return undefined;
    const [byte = 0] = this.environment.random(1);
    const jittered = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + byte / 256);
    const asked = (error.retryAfterSeconds ?? 0) * 1000;
    return asked > (this.options.longestWaitMs ?? LONGEST_WAIT_MS) ? undefined : Math.max(asked, jittered);
  }
}

function bodyOf({body}: ApiRequest): Uint8Array | undefined {
  if (body === undefined) return undefined;
  return body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
}

function contentTypeOf({body, contentType}: ApiRequest): string {
  if (contentType === undefined) return body instanceof Uint8Array ? 'application/octet-stream' : 'application/json';
  return MEDIA_TYPE.test(contentType) ? `application/vnd.vitalvault.${contentType}.v1+protobuf` : contentType;
}

function parseJson(bytes: Uint8Array, url: URL): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new SdkError('answer-malformed', {detail: `${url.pathname} did not answer with JSON`, cause});
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : 'no connection';
}
