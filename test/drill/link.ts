import {connect, createServer} from 'node:net';
import {setTimeout} from 'node:timers/promises';
import type {AddressInfo, NetConnectOpts, Server, Socket} from 'node:net';

/** A way to somebody that can be cut, held up, slowed and mended: a TCP proxy on loopback. */
export class Link {
  private readonly sockets = new Set<Socket>();
  private whole = true;
  private target: NetConnectOpts | undefined;
  /** Every piece that is carried waits so long. */
  private delayMs = 0;
  /** While it is there, nothing is carried, and nobody is told. */
  private held: PromiseWithResolvers<undefined> | undefined;

  private constructor(private readonly server: Server) {}

  /** @param port to listen at; 0: any */
  static async open(port = 0): Promise<Link> {
    const server = createServer();
    const link = new Link(server);
    server.on('connection', (near) => {
      link.join(near);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return link;
  }

  /** @param target a port on loopback, chosen when all links are open, so that none takes it; or a unix socket */
  leadTo(target: number | string): void {
    this.target = typeof target === 'string' ? {path: target} : {port: target, host: '127.0.0.1'};
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.whole = false;
    for (const socket of this.sockets) socket.destroy();
  }

  /** What is sent from now on stays here, and connections stay open. */
  hold(): void {
    this.held ??= Promise.withResolvers<undefined>();
  }

  /** @param milliseconds that each piece comes later, in order */
  slow(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  mend(): void {
    this.whole = true;
    this.delayMs = 0;
    this.held?.resolve(undefined);
    this.held = undefined;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(near: Socket): void {
    if (!this.whole || this.target === undefined) {
      near.destroy();
      return;
    }
    const far = connect(this.target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      this.carry(one, other);
    }
  }

  private carry(from: Socket, to: Socket): void {
    from.on('data', (piece: Buffer) => {
      // One after the other: what comes meanwhile waits in the sender's own buffers.
      from.pause();
      void this.passage().then(() => {
        if (to.writable) to.write(piece, () => from.resume());
      });
    });
    from.on('end', () => to.end());
  }

  private async passage(): Promise<void> {
    if (this.delayMs > 0) await setTimeout(this.delayMs);
    await this.held?.promise;
  }
}
