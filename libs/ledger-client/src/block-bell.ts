const SUBSCRIBE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'subscribe',
  params: {query: "tm.event='NewBlockHeader'"},
});

const MOST_CHARACTERS = 65_536;
const LEAST_BETWEEN_MS = 100;

/**
 * Rings at every new block that a node announces over its web socket, after its application committed. Only a hint:
 * when it is not `live`, whoever listens must look for himself.
 */
export class BlockBell {
  private readonly socket: WebSocket;
  private subscribed = false;
  private rungAt = -Infinity;

  constructor(
    readonly url: string,
    onRing: () => void,
  ) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/$/, '')}/websocket`);
    this.socket.addEventListener('open', () => {
      this.socket.send(SUBSCRIBE);
    });
    this.socket.addEventListener('message', ({data}: {data: unknown}) => {
      // A header with its events is a few thousand characters: who sends more, or no text, is no bell.
      if (typeof data !== 'string' || data.length > MOST_CHARACTERS) {
        this.close();
        return;
      }
      this.subscribed = true;
      // Blocks come twice a second at the most: who rings more often wakes nobody by it.
      const now = performance.now();
      if (now - this.rungAt < LEAST_BETWEEN_MS) return;
      this.rungAt = now;
      onRing();
    });
    this.socket.addEventListener('error', () => {
      this.close();
    });
    this.socket.addEventListener('close', () => {
      this.subscribed = false;
    });
  }

  /** Whether the node has confirmed the subscription and the connection stands. */
  get live(): boolean {
    return this.subscribed && this.socket.readyState === WebSocket.OPEN;
  }

  /** Whether it will never ring again. */
  get dead(): boolean {
    return this.socket.readyState >= WebSocket.CLOSING;
  }

  close(): void {
    this.subscribed = false;
    this.socket.close();
  }
}
