import {eventually, runProcess} from '@vitalvault/testkit';
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {Link} from './link.js';
import type {Validator} from './validator.js';
import type {Ways} from './ways.js';

/** For ever, as far as a drill is concerned; it ends with this process at the latest. */
const SLEEP = ['sleep', '3600'];

/**
 * Every validator has a network namespace of its own, every pair a cable: cut, packets vanish and nobody is told. All
 * are in one user namespace, so that no root is needed. The RPC comes out by a unix socket.
 */
export class NamespacedWays implements Ways {
  readonly name = 'network namespaces';
  private readonly doors: Link[] = [];
  private readonly sockets: string[] = [];
  private ports: readonly number[] = [];

  private constructor(private readonly holders: readonly ChildProcess[]) {}

  /** @returns undefined where namespaces cannot be had: a container may forbid them, a kernel lack them */
  static async open(validators: number): Promise<NamespacedWays | undefined> {
    const holders: ChildProcess[] = [];
    const ways = new NamespacedWays(holders);
    try {
      for (let i = 0; i < validators; i++) holders.push(await hold(holders[0]?.pid));
      for (let i = 0; i < validators; i++) {
        await ways.ip(i, 'link set lo up');
        for (let j = 0; j < i; j++) await ways.lay(i, j);
      }
      return ways;
    } catch {
      await ways.close();
      return undefined;
    }
  }

  placing(i: number, home: string): object {
    this.sockets[i] = join(home, 'rpc.sock');
    return {within: inside(this.pid(i)), p2pHost: '0.0.0.0', rpcSocket: this.sockets[i]};
  }

  async leadTo(validators: readonly Validator[]): Promise<void> {
    this.ports = validators.map(({comet}) => comet.p2pPort);
    for (const [i, {comet}] of validators.entries()) {
      const door = await Link.open(comet.rpcPort);
      door.leadTo(this.sockets[i] ?? '');
      this.doors.push(door);
    }
  }

  address(from: number, to: number): string {
    return `${network(from, to)}.2:${this.ports[to] ?? 0}`;
  }

  cut(from: number, to: number): Promise<void> {
    return this.ip(from, `link set v${to} down`);
  }

  mend(from: number, to: number): Promise<void> {
    return this.ip(from, `link set v${to} up`);
  }

  async close(): Promise<void> {
    for (const door of this.doors) door.close();
    for (const holder of this.holders) holder.kill('SIGKILL');
    await Promise.resolve();
  }

  private async lay(i: number, j: number): Promise<void> {
    await this.ip(i, `link add v${j} type veth peer name v${i} netns ${this.pid(j)}`);
    for (const [at, end, to] of [
      [i, 1, j],
      [j, 2, i],
    ] as const) {
      await this.ip(at, `addr add ${network(i, j)}.${end}/30 dev v${to}`);
      await this.ip(at, `link set v${to} up`);
    }
  }

  private async ip(i: number, words: string): Promise<void> {
    const [command = '', ...args] = [...inside(this.pid(i)), 'ip', ...words.split(' ')];
    const {code, stderr} = await runProcess({command, args});
    if (code !== 0) throw new Error(`ip ${words}: ${stderr}`);
  }

  private pid(i: number): number {
    const pid = this.holders[i]?.pid;
    if (pid === undefined) throw new RangeError(`there is no namespace ${i}`);
    return pid;
  }
}

const network = (from: number, to: number): string => `10.77.${16 * from + to}`;
const inside = (pid: number): string[] => ['nsenter', '--preserve-credentials', '--user', '--net', `--target=${pid}`];

/** A process that keeps a network namespace alive. @param beside whose user namespace it is in; undefined: a new one */
async function hold(beside: number | undefined): Promise<ChildProcess> {
  const [command = '', ...args] =
    beside === undefined
      ? ['unshare', '--user', '--map-root-user', '--net', ...SLEEP]
      : ['nsenter', '--preserve-credentials', '--user', `--target=${beside}`, 'unshare', '--net', ...SLEEP];
  const holder = spawn(command, args, {stdio: 'ignore'});
  const ended = new Promise<never>((_, reject) => {
    holder.once('error', reject);
    holder.once('exit', () => {
      reject(new Error(`${command} made no namespace`));
    });
  });
  ended.catch(() => undefined);
  const made = eventually(() => {
    if (readlinkSync(`/proc/${holder.pid ?? 0}/exe`).endsWith('sleep')) return;
    throw new Error('not yet');
  }, 10_000);
  await Promise.race([made, ended]);
  return holder;
}
