import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/**
 * Changes the result of one kind of call, or answers it in its own way, which may be not at all; undefined leaves it
 * alone.
 */
export type Lie = (
  method: string,
  result: Record<string, unknown>,
) => Record<string, unknown> | ((response: ServerResponse, truth: string) => void) | undefined;

/** A node's RPC seen through somebody who lies: passes every call on and alters what comes back. */
export async function lyingRpc(
  truthfulUrl: string,
  lie: Lie,
): Promise<{url: string; lies: () => number; close: () => Promise<void>}> {
  let lies = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const passed = (await (
      await fetch(truthfulUrl, {method: 'POST', body, headers: {'content-type': 'application/json'}})
    ).json()) as {result?: Record<string, unknown>};
    const altered =
      passed.result === undefined ? undefined : lie((JSON.parse(body) as {method: string}).method, passed.result);
    if (altered !== undefined) lies += 1;
    if (typeof altered === 'function') altered(response, JSON.stringify(passed));
    else response.end(JSON.stringify(altered === undefined ? passed : {...passed, result: altered}));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.destroy();
    });
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
        server.close(() => {
          resolve();
        });
      }),
  };
}
