import {Conformance} from './conformance.js';

type Fetch = typeof globalThis.fetch;

/**
 * A fetch that holds what comes from our services on this machine against their OpenAPI documents. @throws Error naming
 * what does not conform
 */
export function conformingFetch(fetch: Fetch): Fetch {
  const conformance = new Conformance();
  return async (input, init) => {
    const response = await fetch(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.hostname !== '127.0.0.1') return response;
    const fault = await conformance.faultOf(
      {method: init?.method ?? 'GET', url, json: jsonOf(init)},
      {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        json: async () => response.clone().json() as Promise<unknown>,
      },
    );
    if (fault !== undefined) throw new Error(`docs/openapi: ${fault}`);
    return response;
  };
}

function jsonOf(init: RequestInit | undefined): unknown {
  const type = new Headers(init?.headers).get('content-type');
  if (type !== 'application/json' || init?.body === undefined || init.body === null) return undefined;
  const text =
    typeof init.body === 'string'
      ? init.body
      : init.body instanceof Uint8Array
        ? new TextDecoder().decode(init.body)
        : undefined;
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
