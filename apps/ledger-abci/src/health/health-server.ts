import {createServer} from 'node:http';
import type {ServerResponse} from 'node:http';
import type {ChainProgress} from './chain-progress.js';

export interface HealthServer {
  close(): Promise<void>;
}

const REQUEST_MS = 5_000;

/**
 * /livez: the event loop turns · /startz: state read, socket open · /readyz: the chain goes on, else 503 with the
 * reason (D-17).
 */
export async function startHealthServer({
  host,
  port,
  progress,
}: {
  host: string;
  port: number;
  progress: ChainProgress;
}): Promise<HealthServer> {
  const server = createServer({requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS}, (request, response) => {
    answer(response, request.url, progress);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, path: string | undefined, progress: ChainProgress): void {
  const send = (status: number, body: object): void => {
    response
      .writeHead(status, {'content-type': 'application/json', 'cache-control': 'no-store'})
      .end(JSON.stringify(body));
  };
  const height = progress.height === undefined ? {} : {height: progress.height.toString()};
  if (path === '/livez') send(200, {status: 'ok'});
  else if (path === '/startz') send(progress.started ? 200 : 503, {status: progress.started ? 'ok' : 'starting'});
  else if (path === '/readyz') {
    const reason = progress.reason();
    send(
      reason === undefined ? 200 : 503,
      reason === undefined ? {status: 'ok', ...height} : {status: 'not ready', reasons: {chain: reason}, ...height},
    );
  } else send(404, {status: 'not found'});
}
