import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

export type Json = Record<string, unknown>;

/** Alters the JSON answer of a call; undefined leaves it as it is. `call` is the JSON-RPC method, or the path. */
export type Lie = (call: string, answer: Json) => Json | undefined;

export interface LyingProxy {
  url: string;
  /** How many answers were altered. */
  lies: () => number;
  close: () => Promise<void>;
}

/** Somebody between us and an honest server, who passes everything on and alters what comes back. */
export async function lyingProxy(honestUrl: string, lie: Lie): Promise<LyingProxy> {
  let lies = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name),
    ) as [string, string][];
    const honest = await fetch(new URL(request.url ?? '/', honestUrl), {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 ? {body: Uint8Array.from(body)} : {}),
    });
    const bytes = Buffer.from(await honest.arrayBuffer());
    const type = honest.headers.get('content-type') ?? 'application/json';
    // Other answers, whose service it is among them, have nothing that a lie here speaks of.
    const altered = honest.ok && type.startsWith('application/json') ? alter(callOf(request, body), bytes) : undefined;
    if (altered !== undefined) lies += 1;
    response.writeHead(honest.status, {'content-type': type}).end(altered ?? bytes);
  };
  const alter = (call: string, bytes: Buffer): string | undefined => {
    const altered = lie(call, JSON.parse(bytes.toString()) as Json);
    return altered === undefined ? undefined : JSON.stringify(altered);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lies: () => lies,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function callOf(request: IncomingMessage, body: Buffer): string {
  const path = new URL(request.url ?? '/', 'http://x').pathname;
  return path === '/' && body.length > 0 ? (JSON.parse(body.toString()) as {method: string}).method : path;
}
