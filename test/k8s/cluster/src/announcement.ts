import {missingForImages, missingPackages, PACKAGES} from './host/packages.js';
import type {Layout} from './layout.js';
import {NETWORK, PORTS} from './network.js';

/** What `up`, and before it `make images`, installs and changes, in words. */
export async function announcement(layout: Layout, {images}: {images: boolean}): Promise<string> {
  const missing = [...(await missingPackages()), ...(images ? await missingForImages() : [])];
  const packages =
    missing.length === 0
      ? `nothing: ${PACKAGES.join(', ')} are there`
      : `${missing.join(', ')} (they stay; their services are not started)`;
  return `This brings up a Kubernetes on this machine, as root. Until \`down\` it changes:
  Debian packages   ${packages}
  builds            Kubernetes, CoreDNS and cyclonus, once, into the launcher's cache (about 15 minutes on two cores; they stay)${images ? '\n  images            those of the product and its engines, by `make images`, into the same cache (they stay)' : ''}
  folder            ${layout.root}: certificates, logs, images, containers, volumes
  also written to   /run/containerd/s, /var/lib/kubelet/device-plugins, /var/lib/cni/results, /var/log/containers, control groups "kubepods"
  processes         etcd, containerd and its shims, the Kubernetes programs, the pods
  network           bridge ${NETWORK.bridge} (${NETWORK.pods}), a route to ${NETWORK.services}, one veth a pod, chains KUBE-* and CNI-* of iptables
  listens           at ${NETWORK.node} only, ports ${Object.values(PORTS).join(', ')}
  kernel settings   ip_forward, bridge-nf-call-iptables, and those that kubelet sets (overcommit_memory, panic, panic_on_oops, keys)`;
}
