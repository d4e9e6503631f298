import {access, writeFile} from 'node:fs/promises';
import {ClusterError} from '../cluster-error.js';
import {NETWORK} from '../network.js';
import {outcomeOf, run} from '../run.js';
import {sysctlFile} from './before.js';

interface Route {
  dst: string;
  dev?: string;
}

const number = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Whether two networks (`a.b.c.d/n`, or an address alone) have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [[first, firstBits], [second, secondBits]] = [one, other].map((text) => {
    const [address = '', bits = '32'] = text.split('/');
    return [number(address), Number(bits)] as const;
  }) as [readonly [number, number], readonly [number, number]];
  const size = 2 ** (32 - Math.min(firstBits, secondBits));
  return Math.floor(first / size) === Math.floor(second / size);
}

/** @throws ClusterError if the machine already uses an address of the cluster's networks */
export async function refuseTakenNetworks(): Promise<void> {
  const routes = JSON.parse(
    (await run('ip', ['-json', 'route', 'show', 'table', 'all', 'type', 'unicast'])) || '[]',
  ) as Route[];
  const taken = routes.filter(
    ({dst, dev}) =>
      dev !== NETWORK.bridge &&
      /^[\d./]+$/.test(dst) &&
      [NETWORK.pods, NETWORK.services].some((ours) => overlap(dst, ours)),
  );
  if (taken.length > 0)
    throw new ClusterError(
      `This machine already uses addresses of the cluster (${NETWORK.pods}, ${NETWORK.services}): ${taken.map(({dst, dev}) => `${dst} on ${dev ?? '?'}`).join(', ')}. Another network can be chosen in test/k8s/cluster/src/network.ts.`,
    );
}

/** Makes the bridge that pods are on, with the node's address, and lets packets be passed on and filtered on it. */
export async function makeBridge(): Promise<void> {
  await run('ip', ['link', 'add', NETWORK.bridge, 'type', 'bridge']);
  await run('ip', ['address', 'add', `${NETWORK.node}/24`, 'dev', NETWORK.bridge]);
  await run('ip', ['link', 'set', NETWORK.bridge, 'up']);
  // So that the machine reaches services even without a default route, and never asks the outside for them.
  await run('ip', ['route', 'add', NETWORK.services, 'dev', NETWORK.bridge]);
  const filtered = sysctlFile('net/bridge/bridge-nf-call-iptables');
  if (
    !(await access(filtered).then(
      () => true,
      () => false,
    ))
  )
    await run('modprobe', ['br_netfilter']);
  await writeFile(filtered, '1');
  await writeFile(sysctlFile('net/ipv4/ip_forward'), '1');
}

/** Removes the bridge, the pods' ends of it, and the connections that the kernel remembers. */
export async function removeBridge(): Promise<void> {
  const members = await outcomeOf('ip', ['-json', 'link', 'show', 'master', NETWORK.bridge]);
  if (members.code === 0) {
    // The kernel removes a veth with its pod's network namespace, so it may be gone before its turn.
    for (const {ifname} of JSON.parse(members.stdout || '[]') as {ifname?: string}[])
      if (ifname !== undefined) await outcomeOf('ip', ['link', 'delete', ifname]);
    await outcomeOf('ip', ['link', 'delete', NETWORK.bridge]);
  }
  for (const network of [NETWORK.pods, NETWORK.services])
    for (const end of ['--orig-src', '--orig-dst']) await outcomeOf('conntrack', ['-D', end, network]);
}
