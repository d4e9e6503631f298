import type {Server} from 'node:http';
import type {Socket} from 'node:net';

/** Time for a connection that was opened just before the end to send its request. */
const GRACE_MS = 500;
const LOOK_MS = 100;

/**
 * Connections of a server, to end those that would hold up its closing: Node waits for kept ones whose answer began
 * before the stop, and for such as never sent a byte (a load balancer's, opened in advance).
 */
export class OpenConnections {
  readonly #sockets = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Ends idle connections for as long as `closing` takes. */
  async reapDuring(closing: Promise<void>): Promise<void> {
    const began = Date.now();
    const timer = setInterval(() => {
      this.server.closeIdleConnections();
      if (Date.now() - began < GRACE_MS) return;
      for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    }, LOOK_MS);
    try {
      await closing;
    } finally {
      clearInterval(timer);
    }
  }
}
