import type {RpcClient} from '@cosmjs/tendermint-rpc';
import {LIMITS} from '@vitalvault/contracts';
import {PostError, postJson} from './post-json.js';

export type RpcRequest = Parameters<RpcClient['execute']>[0];

/** A JSON-RPC answer that is no error. */
export interface RpcResponse {
  readonly jsonrpc: '2.0';
  readonly id: RpcRequest['id'];
  readonly result: Readonly<Record<string, unknown>>;
}

/** The node did not answer, or not in JSON-RPC. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  /** Whether the node may have got the question: then the question may be why it does not answer. */
  readonly sent: boolean;

  constructor(message: string, {sent, ...options}: ErrorOptions & {readonly sent: boolean}) {
    super(message, options);
    this.sent = sent;
  }
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

/** JSON-RPC 2.0 over HTTP POST to one CometBFT node; connections are kept alive. */
export function httpEndpoint(url: string, timeoutMs: number): RpcEndpoint {
  return {
    url,
    async execute(request, signal) {
      const answer = await post(url, request, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      if (answer.error !== undefined) throw new RpcRefusal(refusalText(answer.error));
      if (typeof answer.result !== 'object' || answer.result === null)
        throw new EndpointError(`${url} gave no result`, {sent: true});
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
    // CometBFT answers a refusal with 200 or 500, in JSON-RPC both times; a proxy's error page is no JSON.
    const response = await postJson(url, JSON.stringify(request), signal);
    const answer: unknown = JSON.parse(await bodyOf(response, mostBytes(request)));
    if (typeof answer === 'object' && answer !== null && ('result' in answer || 'error' in answer)) return answer;
  } catch (cause) {
    throw new EndpointError(`${url} does not answer`, {cause, sent: !(cause instanceof PostError) || cause.sent});
  }
  throw new EndpointError(`${url} does not speak JSON-RPC`, {sent: true});
}

/** Of a header with its commit, a status, an answer to a transaction: a hundred validators sign in a fifth of it. */
const SMALL_BYTES = 256 << 10;
/** Base64 is a third longer than its bytes; the rest of a block is small. */
const BLOCK_JSON_BYTES = 1.5 * LIMITS.cometBlockBytes;
/** A result has nine values; the transactions of a block are no more than the pool holds. */
const MOST_VALUES = 12 * LIMITS.mempoolTxs;

const [COMMA, BRACKET, BRACE] = [0x2c, 0x5b, 0x7b];

// Somebody else's node must not fill our memory.
function mostBytes({method}: RpcRequest): number {
  if (method === 'abci_query') return 2 * LIMITS.proofAnswerBytes;
  return method === 'block' || method === 'block_results' ? BLOCK_JSON_BYTES : SMALL_BYTES;
}

// Twenty megabytes of `[],` are two thirds of a gigabyte when they are parsed: what begins a value is counted before.
// A block is a megabyte with a thousand of them: searched for in native code, and not looked at byte by byte.
function refuseCrowd(chunk: Uint8Array, before: number): number {
  let values = before;
  for (const byte of [COMMA, BRACKET, BRACE])
    for (let at = chunk.indexOf(byte); at >= 0; at = chunk.indexOf(byte, at + 1))
      if (++values > MOST_VALUES) throw new RangeError(`an answer of more than ${MOST_VALUES} values`);
  return values;
}

async function bodyOf(response: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let [bytes, values] = [0, 0];
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > most) throw new RangeError(`an answer of more than ${most} bytes`);
    values = refuseCrowd(chunk, values);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function refusalText(error: unknown): string {
  const {message, data} = error as {message?: unknown; data?: unknown};
  return typeof data === 'string' && data !== '' ? data : String(message);
}
