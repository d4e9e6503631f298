import {createServer} from 'node:net';
import type {Server} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import type {AbciCall} from './abci-call.js';
import type {AbciApplication} from './application.js';
import type {AbciLog} from './abci-log.js';
import {Connection} from './connection.js';
import {Dispatcher} from './dispatcher.js';
import {claimSocketPath} from './socket-path.js';

export interface AbciServerOptions {
  /** Unix socket; at most 107 bytes. A stale file of a killed process is replaced, a live one refused. */
  readonly socketPath: string;
  readonly application: AbciApplication;
  readonly log: AbciLog;
  /** Called once, with the cause, when a consensus method failed: stop the process. No reply is or will be sent. */
  readonly onFatal: (error: Error) => void;
  /**
   * Largest request taken; a longer one ends the connection, and with it CometBFT. It must be above the largest block
   * that the chain's `block.max_bytes` lets CometBFT hand over, with what ABCI adds (its own bound is 2 GiB).
   */
  readonly maxMessageBytes: number;
  /**
   * Most transactions of a proposal; one of more is rejected before it is decoded. It must not be below the number that
   * CometBFT's pool may hold, and the same for all validators. Default: any number.
   */
  readonly maxProposalTxs?: number;
  /** Told of every call that has a place in the ABCI grammar, before it is answered. Must not throw. */
  readonly onCall?: (call: AbciCall) => void;
}

export interface AbciServer {
  /** Connections that are open now; CometBFT has four. */
  readonly connections: number;
  /** Finishes what is in work, sends its replies, ends the connections and removes the socket file. */
  close(): Promise<void>;
}

const CLOSE_DEADLINE_MS = 5_000;

/** Serves ABCI 2.0 to CometBFT on a unix socket; resolves when it listens. */
export async function startAbciServer(options: AbciServerOptions): Promise<AbciServer> {
  const {socketPath, application, log, onFatal, maxMessageBytes, maxProposalTxs = Infinity, onCall} = options;
  const dispatcher = new Dispatcher(application, log, onFatal, onCall);
  const connections = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = new Connection({socket, dispatcher, log, maxMessageBytes, maxProposalTxs});
    connections.add(connection);
    if (connections.size === 1) onCall?.({method: 'connected'});
    log.info('ABCI connection opened', {connections: connections.size});
    socket.on('close', () => {
      connections.delete(connection);
      log.info('ABCI connection closed', {connections: connections.size});
    });
  });
  await claimSocketPath(socketPath);
  await listen(server, socketPath);
  server.on('error', (err) => {
    log.error('ABCI socket failed', {error: err});
  });
  return {
    get connections() {
      return connections.size;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      const deadline = new AbortController();
      const all = Promise.all([...connections].map((connection) => connection.close())).then(() => closed);
      const late = delay(CLOSE_DEADLINE_MS, undefined, {signal: deadline.signal}).catch(() => undefined);
      await Promise.race([all, late]);
      deadline.abort();
      for (const connection of connections) connection.destroy();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({path}, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
