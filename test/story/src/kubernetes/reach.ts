import {connect} from 'node:net';
import type {ChildProcess} from 'node:child_process';
import {StoryError} from '../story-error.js';
import type {Kubectl} from './kubectl.js';

/** A Service or pod with one of its ports. */
export interface Target {
  kind: 'service' | 'pod';
  name: string;
  /** Address inside the cluster, if it has one that stays. */
  ip: string | undefined;
  port: number;
}

const TRY_MS = 1_500;
const AGAIN_MS = 300;

/** How this machine gets to the cluster's addresses: directly, as a node of it does, or by `kubectl port-forward`. */
export class Reach {
  private readonly forwards: Forward[] = [];

  constructor(
    private readonly kubectl: Kubectl,
    private readonly direct: boolean,
  ) {}

  /** Tries one address to find out whether this machine routes into the cluster. */
  static async toward(kubectl: Kubectl, probe: Target): Promise<Reach> {
    return new Reach(kubectl, probe.ip !== undefined && (await answers(probe.ip, probe.port)));
  }

  /** `host:port` to connect to. */
  async addressOf(target: Target): Promise<string> {
    if (this.direct && target.ip !== undefined)
      return `${target.ip.includes(':') ? `[${target.ip}]` : target.ip}:${target.port}`;
    const forward = new Forward(this.kubectl, target);
    this.forwards.push(forward);
    return `127.0.0.1:${await forward.opened}`;
  }

  close(): void {
    for (const forward of this.forwards) forward.close();
  }
}

/**
 * One forwarded port. It follows its Service: when the pod behind it goes, it is opened again at the same local port.
 */
class Forward {
  readonly opened: Promise<number>;
  private child: ChildProcess | undefined;
  private closed = false;

  constructor(
    private readonly kubectl: Kubectl,
    private readonly target: Target,
  ) {
    this.opened = this.open(0);
  }

  close(): void {
    this.closed = true;
    this.child?.kill();
  }

  private open(localPort: number): Promise<number> {
    const {kind, name, port} = this.target;
    const child = this.kubectl.spawn([
      'port-forward',
      '--address',
      '127.0.0.1',
      `${kind}/${name}`,
      `${localPort === 0 ? '' : localPort}:${port}`,
    ]);
    this.child = child;
    return new Promise((resolve, reject) => {
      let given = localPort;
      let said = '';
      child.stderr?.on('data', (text: Buffer) => {
        said = (said + text.toString('utf8')).slice(-400);
      });
      child.stdout?.on('data', (text: Buffer) => {
        given = Number(/127\.0\.0\.1:(\d+)/.exec(text.toString('utf8'))?.[1] ?? given);
        if (given !== 0) resolve(given);
      });
      child.on('error', reject);
      child.on('close', () => {
        if (given === 0)
          reject(
            new StoryError(`kubectl could not forward ${kind}/${name} ${port}: ${said.trim()}`, {
              remedy: 'Is its pod running, and may you forward ports?',
            }),
          );
        // The same port again, so that whoever knows the address finds the next pod behind it.
        else if (!this.closed)
          setTimeout(() => {
            if (!this.closed) this.open(given).catch(() => undefined);
          }, AGAIN_MS);
      });
    });
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({host, port, timeout: TRY_MS});
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .on('connect', () => {
        end(true);
      })
      .on('timeout', () => {
        end(false);
      })
      .on('error', () => {
        end(false);
      });
  });
}
