import {createHash, randomBytes} from 'node:crypto';
import {request as httpRequest} from 'node:http';
import type {ClientRequest, IncomingMessage} from 'node:http';
import {request as httpsRequest} from 'node:https';
import type {Duplex} from 'node:stream';
import {MOST_PAYLOAD, OPCODE, ServerFrames, clientFrame} from './web-socket-frames.js';

const SUBSCRIBE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'subscribe',
  params: {query: "tm.event='NewBlockHeader'"},
});

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** A header with its events is a few thousand: who sends more is no bell. */
const MOST_BYTES = 65_536;
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
  private readonly request: ClientRequest;
  private watch: NodeJS.Timeout;
  private subscribed = false;
  private rungAt = -Infinity;

  constructor(
    readonly url: string,
    private readonly onRing: () => void,
  ) {
    const key = randomBytes(16).toString('base64');
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    this.request = send(`${url.replace(/\/$/, '')}/websocket`, {
      agent: false,
      headers: {connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key},
    });
    this.watch = this.cutAfter(FIRST_SILENT_MS);
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    this.request.on('upgrade', (response: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (response.headers['sec-websocket-accept'] === accept) this.listen(socket, head);
      else this.close();
    });
    for (const ending of ['response', 'error'] as const) this.request.on(ending, () => this.close());
    this.request.end();
  }

  /** Whether the node has confirmed the subscription and the connection stands. */
  get live(): boolean {
    return this.subscribed;
  }

  /** Whether nothing of its connection is left: only then may another be hung in its place. */
  get gone(): boolean {
    return this.request.closed && this.request.socket?.closed !== false;
  }

  /** Cuts the connection off at once, whatever the node says to it. */
  close(): void {
    this.subscribed = false;
    clearTimeout(this.watch);
    this.request.destroy();
    this.request.socket?.destroy();
  }

  private listen(socket: Duplex, head: Buffer): void {
    const frames = new ServerFrames(MOST_BYTES);
    const take = (chunk: Buffer): void => {
      for (const {opcode, payload} of frames.push(chunk)) {
        if (opcode === OPCODE.text || opcode === OPCODE.more) this.ring();
        else if (opcode === OPCODE.ping && payload.length <= MOST_PAYLOAD) this.pong(socket, payload);
        else if (opcode !== OPCODE.pong) this.close();
        if (socket.destroyed) return;
      }
      if (frames.broken) this.close();
    };
    for (const ending of ['error', 'end', 'close'] as const) socket.on(ending, () => this.close());
    socket.on('data', take);
    socket.write(clientFrame(OPCODE.text, Buffer.from(SUBSCRIBE)));
    take(head);
  }

  // Who asks and reads no answer fills nobody's memory.
  private pong(socket: Duplex, payload: Buffer): void {
    if (socket.writableLength > MOST_BYTES) this.close();
    else socket.write(clientFrame(OPCODE.pong, payload));
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
