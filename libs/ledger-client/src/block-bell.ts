import {WebSocket} from 'ws';

const SUBSCRIBE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'subscribe',
  params: {query: "tm.event='NewBlockHeader'"},
});

const OPTIONS = {
  // Bytes of a message. A header with its events is a few thousand: who sends more is no bell.
  maxPayload: 65_536,
  perMessageDeflate: false,
  // Milliseconds that a node which asked to close has to do so.
  closeTimeout: 0,
};
const LEAST_BETWEEN_MS = 100;
/** Until the node confirms the subscription, and then from block to block: an idle chain has one each 10.6 s. */
const [FIRST_SILENT_MS, SILENT_MS] = [5_000, 60_000];

/**
 * Rings at every new block that a node announces over its web socket, after its application committed. Only a hint:
 * when it is not `live`, whoever listens must look for himself.
 *
 * Not the platform's WebSocket: that one cannot be cut off, it waits for a node that never answers its close frame.
 */
export class BlockBell {
  private readonly socket: WebSocket;
  private watch: NodeJS.Timeout;
  private subscribed = false;
  private rungAt = -Infinity;

  constructor(
    readonly url: string,
    private readonly onRing: () => void,
  ) {
    this.socket = new WebSocket(`${url.replace(/\/$/, '')}/websocket`, OPTIONS);
    // From the first byte on: the handshake's own timeout begins anew with every byte.
    this.watch = this.cutAfter(FIRST_SILENT_MS);
    this.socket
      .on('open', () => {
        this.socket.send(SUBSCRIBE);
      })
      .on('message', (_, isBinary) => {
        this.hear(isBinary);
      })
      .on('error', () => {
        this.close();
      })
      .on('close', () => {
        clearTimeout(this.watch);
      });
  }

  /** Whether the node has confirmed the subscription and the connection stands. */
  get live(): boolean {
    return this.subscribed && this.socket.readyState === WebSocket.OPEN;
  }

  /** Whether nothing of its connection is left: only then may another be hung in its place. */
  get gone(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  /** Cuts the connection off at once, whatever the node says to it. */
  close(): void {
    this.socket.terminate();
  }

  private hear(isBinary: boolean): void {
    // What came together with what cut it off is still told.
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (isBinary) this.close();
    else this.ring();
  }

  private ring(): void {
    this.subscribed = true;
    // Blocks come twice a second at the most: who rings more often wakes nobody by it.
    const now = performance.now();
    if (now - this.rungAt < LEAST_BETWEEN_MS) return;
    this.rungAt = now;
    clearTimeout(this.watch);
    this.watch = this.cutAfter(SILENT_MS);
    this.onRing();
  }

  private cutAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.close(), ms).unref();
  }
}
