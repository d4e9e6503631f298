import {beforeAll, describe, expect, it} from '@jest/globals';
import {readFileSync, readdirSync, readlinkSync} from 'node:fs';
import {thePlatform} from './platform/platform.js';

interface Listener {
  process: string;
  address: string;
  port: number;
}

/** As /proc/net writes them: 127.0.0.1, ::1, and 127.0.0.1 inside IPv6 (the JVM's). */
const LOOPBACK = new Set(['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F']);
const LISTEN = '0A';

/**
 * What one process listens on. Sockets of a process are the inodes among its open files; the tables hold those of
 * everybody.
 */
function listenersOf(name: string, pid: number): Listener[] {
  const inodes = socketsOf(pid);
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        if (state !== LISTEN || !inodes.has(inode)) return [];
        const [address = '', port = ''] = local.split(':');
        return [{process: name, address, port: Number.parseInt(port, 16)}];
      }),
  );
}

function socketsOf(pid: number): Set<string> {
  return new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
        return inode === undefined ? [] : [inode];
      } catch {
        return []; // closed in the meantime
      }
    }),
  );
}

/** A process and all below it. */
function withChildren(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter((child) => child !== ''),
  );
  return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
}

describe('everything listens on loopback only', () => {
  let processes: [string, number][];
  let listeners: Listener[];
  let ports: Set<number>;

  beforeAll(() => {
    const {endpoints} = thePlatform();
    processes = Object.entries(endpoints.processes).map(([name, {pid}]) => [name, pid]);
    listeners = processes.flatMap(([name, pid]) => withChildren(pid).flatMap((one) => listenersOf(name, one)));
    ports = new Set(listeners.map(({port}) => port));
  });

  it('every process of the system is looked at, and the ports that are known are found', () => {
    const names = processes.map(([name]) => name);
    for (const name of [
      'otel',
      'kafka',
      'postgres',
      'kubo-0',
      'cluster-2',
      'comet-3',
      'abci-3',
      'policy',
      'notify',
      'storage',
      'ingest',
    ])
      expect(names).toContain(name);
    const {endpoints} = thePlatform();
    const known = [
      ...Object.values(endpoints.services),
      ...endpoints.validators.map(({rpc}) => rpc),
      ...endpoints.kubo,
      ...endpoints.ipfsCluster,
      endpoints.postgres,
      endpoints.otlp,
      `tcp://${endpoints.kafka}`,
    ];
    for (const url of known) expect(ports).toContain(Number(new URL(url).port));
  });

  it('and none of their sockets is bound to anything but loopback', () => {
    expect(listeners.filter(({address}) => !LOOPBACK.has(address))).toEqual([]);
    expect(listeners.length).toBeGreaterThan(20);
  });
});
