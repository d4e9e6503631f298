import {access, rm, writeFile} from 'node:fs/promises';
import {inherited} from '../config.js';
import {progress} from '../progress.js';
import {outcomeOf, run} from '../run.js';

/** Debian package of each program that is neither built here nor part of every system. */
const PROGRAMS: Readonly<Record<string, string>> = {
  etcd: 'etcd-server',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  conntrack: 'conntrack',
  iptables: 'iptables',
  nft: 'nftables',
  openssl: 'openssl',
  ip: 'iproute2',
  ss: 'iproute2',
  umount: 'mount',
  tar: 'tar',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
};
const POLICY = '/usr/sbin/policy-rc.d';
const env = () => inherited({DEBIAN_FRONTEND: 'noninteractive'});
const apt = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600'];

export const PACKAGES: readonly string[] = [...new Set(Object.values(PROGRAMS))];

const isThere = async (program: string) =>
  (await outcomeOf('sh', ['-c', `command -v ${program}`], {env: env()})).code === 0;

/** Packages that the cluster needs and the machine does not have. */
export async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(PROGRAMS).map(async ([program, name]) => ({name, there: await isThere(program)})),
  );
  return [...new Set(found.filter(({there}) => !there).map(({name}) => name))];
}

/** The same for `make images`. Each builder is asked, for a client without its engine is common. */
export async function missingForImages(): Promise<string[]> {
  const codes = await Promise.all(
    ['buildah', 'podman', 'docker'].map(async (tool) => (await outcomeOf(tool, ['info'], {env: env()})).code),
  );
  return [...(codes.includes(0) ? [] : ['buildah']), ...((await isThere('debootstrap')) ? [] : ['debootstrap'])];
}

/** Installs Debian packages, and keeps the services among them from being started. */
export async function installPackages(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  progress(`installing ${names.join(', ')}`);
  const policyThere = await access(POLICY).then(
    () => true,
    () => false,
  );
  // 101 means "forbidden by policy" to Debian's package scripts: no etcd and containerd of the machine are started.
  if (!policyThere) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', {mode: 0o755});
  try {
    const tried = await outcomeOf('apt-get', ['install', ...apt, ...names], {env: env()});
    if (tried.code !== 0) {
      await run('apt-get', ['update', '-q'], {env: env()});
      await run('apt-get', ['install', ...apt, ...names], {env: env()});
    }
  } finally {
    if (!policyThere) await rm(POLICY, {force: true});
  }
}
