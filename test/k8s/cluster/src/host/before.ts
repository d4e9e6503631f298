import {access, readdir, readFile, writeFile} from 'node:fs/promises';
import {ClusterError} from '../cluster-error.js';
import type {Layout} from '../layout.js';
import {outcomeOf} from '../run.js';
import {kubernetesGroups} from './control-groups.js';
import {IPTABLES, tablesOf} from './packet-filter.js';

/** What kubelet, kube-proxy and the bridge plugin set for themselves. */
const SYSCTLS = [
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/route_localnet',
  'net/bridge/bridge-nf-call-iptables',
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];
/** Places that containerd, the CNI plugins and kubelet use whatever they are told. */
export const SHARED_FOLDERS = ['/run/containerd', '/var/lib/kubelet', '/var/lib/cni', '/var/log/containers'];

/** How the machine was before the cluster, as far as the cluster changes it. */
export interface Before {
  sysctls: Record<string, string>;
  /** Of SHARED_FOLDERS, those that there were, with every path below them. */
  folders: Record<string, string[]>;
  /** Tables of the packet filter that there were. */
  tables: Record<string, string[]>;
}

export const sysctlFile = (name: string): string => `/proc/sys/${name}`;

export async function readBefore(layout: Layout): Promise<Before | undefined> {
  const text = await readFile(layout.before, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Before);
}

/**
 * Writes down how the machine is. @throws ClusterError if another Kubernetes runs on it, because the two would end each
 * other's pods.
 */
export async function writeBefore(layout: Layout): Promise<void> {
  const groups = await kubernetesGroups();
  if (groups.length > 0)
    throw new ClusterError(
      `Another kubelet runs on this machine, or left its control groups: ${groups.join(', ')}. If it is a test cluster in another folder: down --dir <that folder>.`,
    );
  const before: Before = {sysctls: {}, folders: {}, tables: {}};
  for (const name of SYSCTLS) {
    const value = await readFile(sysctlFile(name), 'utf8').catch(() => undefined);
    if (value !== undefined) before.sysctls[name] = value.trim();
  }
  for (const folder of SHARED_FOLDERS) {
    if (
      await access(folder).then(
        () => true,
        () => false,
      )
    )
      before.folders[folder] = await readdir(folder, {recursive: true});
  }
  for (const command of IPTABLES) before.tables[command] = tablesOf((await outcomeOf(`${command}-save`, [])).stdout);
  await writeFile(layout.before, JSON.stringify(before, undefined, 1));
}
