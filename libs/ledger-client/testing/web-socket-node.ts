import {createHash} from 'node:crypto';
import {createServer} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import type {Duplex} from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A frame of a server, RFC 6455 §5.2: not masked. @param first its first byte: 0x80, and what it holds */
export function serverFrame(first: number, payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** A text of so many characters, as one frame. */
export const textFrame = (length: number): Buffer => serverFrame(0x81, Buffer.alloc(length, 0x20));

/**
 * A node that says over its web socket what the spec makes it say, legal or not; by itself it answers nothing, no close
 * and no ping either.
 */
export class WebSocketNode {
  /** Connections that the client has not ended, most that there were at once, and all there ever were. */
  open = 0;
  most = 0;
  all = 0;
  readonly #server = createServer();
  readonly #sockets = new Set<Socket>();
  readonly #standing = new Set<Socket>();

  /** @param greet told of every connection that was upgraded; undefined: none is, nothing is ever said */
  constructor(greet: ((socket: Duplex) => void) | undefined) {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      this.#standing.add(socket);
      this.all += 1;
      this.open += 1;
      this.most = Math.max(this.most, this.open);
      socket.on('error', () => undefined);
      const ended = (): void => {
        if (this.#standing.delete(socket)) this.open -= 1;
      };
      socket.on('end', ended).on('close', ended);
    });
    this.#server.on('upgrade', (request, socket: Duplex) => {
      socket.resume();
      if (greet === undefined) return;
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key'] ?? ''}${GUID}`)
        .digest('base64');
      const head = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`].join('\r\n');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n\r\n`);
      greet(socket);
    });
  }

  /** On loopback. @returns its URL */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
