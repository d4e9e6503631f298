import {connect, createServer} from 'node:net';
import {setTimeout} from 'node:timers/promises';
import type {AddressInfo, NetConnectOpts, Server, Socket} from 'node:net';

/** A connection through a link, from both its ends. */
interface Passage {
  /** Whoever is at its ends hears nothing of each other any more, not even that it ends. */
  lost: boolean;
}

/** A way to somebody that can be cut, held up, slowed, lost and mended: a TCP proxy on loopback. */
export class Link {
  private readonly sockets = new Map<Socket, Passage>();
  private whole = true;
  private losing = false;
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
    for (const socket of this.sockets.keys()) socket.destroy();
  }

  /** What is sent from now on stays here, and connections stay open. */
  hold(): void {
    this.held ??= Promise.withResolvers<undefined>();
  }

  /** @param milliseconds that each piece comes later, in order */
  slow(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  /** Who is connected, and who comes, is lost without a word, and stays so; as when a machine or its network goes. */
  lose(): void {
    this.losing = true;
    for (const passage of this.sockets.values()) passage.lost = true;
  }

  mend(): void {
    this.whole = true;
    this.losing = false;
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
    const passage: Passage = {lost: this.losing};
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.set(one, passage);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        if (!passage.lost) other.destroy();
      });
      this.carry(one, other, passage);
    }
  }

  private carry(from: Socket, to: Socket, passage: Passage): void {
    from.on('data', (piece: Buffer) => {
      // One after the other: what comes meanwhile waits in the sender's own buffers.
      from.pause();
      void this.mayPass().then(() => {
        if (to.writable && !passage.lost) to.write(piece, () => from.resume());
      });
    });
    from.on('end', () => {
      if (!passage.lost) to.end();
    });
  }

  private async mayPass(): Promise<void> {
    if (this.delayMs > 0) await setTimeout(this.delayMs);
    await this.held?.promise;
  }
}
