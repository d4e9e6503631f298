import {connect, createServer} from 'node:net';
import type {AddressInfo, NetConnectOpts, Server, Socket} from 'node:net';

/** A way to somebody that can be cut and mended: a TCP proxy on loopback. */
export class Link {
  private readonly sockets = new Set<Socket>();
  private whole = true;
  private target: NetConnectOpts | undefined;

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

  mend(): void {
    this.whole = true;
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
      one.pipe(other);
    }
  }
}
