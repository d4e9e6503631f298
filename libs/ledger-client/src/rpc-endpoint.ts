import type {RpcClient} from '@cosmjs/tendermint-rpc';

export type RpcRequest = Parameters<RpcClient['execute']>[0];

/** A JSON-RPC answer that is no error. */
export interface RpcResponse {
  readonly jsonrpc: '2.0';
  readonly id: RpcRequest['id'];
  readonly result: Readonly<Record<string, unknown>>;
}

/** The node did not answer, or not in JSON-RPC: another one may. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** The node answered that it cannot do this; `message` is what it said. */
export class RpcRefusal extends Error {
  override readonly name = 'RpcRefusal';
}

export interface RpcEndpoint {
  readonly url: string;
  /** @throws EndpointError or RpcRefusal */
  execute(request: RpcRequest, signal: AbortSignal): Promise<RpcResponse>;
}

/** JSON-RPC 2.0 over HTTP POST to one CometBFT node; connections are kept alive by fetch. */
export function httpEndpoint(url: string, timeoutMs: number): RpcEndpoint {
  return {
    url,
    async execute(request, signal) {
      const answer = await post(url, request, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      if (answer.error !== undefined) throw new RpcRefusal(refusalText(answer.error));
      if (typeof answer.result !== 'object' || answer.result === null) throw new EndpointError(`${url} gave no result`);
      return {jsonrpc: '2.0', id: request.id, result: answer.result as Record<string, unknown>};
    },
  };
}

async function post(
  url: string,
  request: RpcRequest,
  signal: AbortSignal,
): Promise<{result?: unknown; error?: unknown}> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(request),
      headers: {'content-type': 'application/json'},
      signal,
    });
    // CometBFT answers a refusal with 200 or 500, in JSON-RPC both times; a proxy's error page is no JSON.
    const answer: unknown = await response.json();
    if (typeof answer === 'object' && answer !== null && ('result' in answer || 'error' in answer)) return answer;
  } catch (cause) {
    throw new EndpointError(`${url} does not answer`, {cause});
  }
  throw new EndpointError(`${url} does not speak JSON-RPC`);
}

function refusalText(error: unknown): string {
  const {message, data} = error as {message?: unknown; data?: unknown};
  return typeof data === 'string' && data !== '' ? data : String(message);
}
