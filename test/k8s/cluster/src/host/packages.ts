import {access, rm, writeFile} from 'node:fs/promises';
import {inherited} from '../config.js';
import {progress} from '../progress.js';
import {outcomeOf, run} from '../run.js';

/** Debian package of each program that is neither built here nor part of every system. */
const PROGRAMS: Readonly<Record<string, string>> = {
  etcd: 'etcd-server', containerd: 'containerd', ctr: 'containerd', runc: 'runc', conntrack: 'conntrack', iptables: 'iptables', nft: 'nftables',
  openssl: 'openssl', ip: 'iproute2', ss: 'iproute2', umount: 'mount', tar: 'tar', '/usr/lib/cni/bridge': 'containernetworking-plugins',
};
const POLICY = '/usr/sbin/policy-rc.d';
const env = () => inherited({DEBIAN_FRONTEND: 'noninteractive'});
const apt = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600'];

export const PACKAGES: readonly string[] = [...new Set(Object.values(PROGRAMS))];

const isThere = async (program: string) => (await outcomeOf('sh', ['-c', `command -v ${program}`], {env: env()})).code === 0;

export async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(Object.entries(PROGRAMS).map(async ([program, name]) => ({name, there: await isThere(program)})));
  return [...new Set(found.filter(({there}) => !there).map(({name}) => name))];
}

/** Installs what is missing, and keeps the services among it from being started. @returns what was installed */
export async function installPackages(): Promise<string[]> {
  const missing = await missingPackages();
  if (missing.length === 0) return [];
  progress(`installing ${missing.join(', ')}`);
  const policyThere = await access(POLICY).then(() => true, () => false);
  // 101 means "forbidden by policy" to Debian's package scripts: no etcd and containerd of the machine are started.
  if (!policyThere) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', {mode: 0o755});
  try {
    const tried = await outcomeOf('apt-get', ['install', ...apt, ...missing], {env: env()});
    if (tried.code !== 0) {
      await run('apt-get', ['update', '-q'], {env: env()});
      await run('apt-get', ['install', ...apt, ...missing], {env: env()});
    }
  } finally {
    if (!policyThere) await rm(POLICY, {force: true});
  }
  return missing;
}
