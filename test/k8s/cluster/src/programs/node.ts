import {writeFile} from 'node:fs/promises';
import {stringify} from 'yaml';
import {inherited} from '../config.js';
import type {Layout} from '../layout.js';
import {NETWORK, NODE_NAME, PORTS} from '../network.js';
import {flags} from './program.js';
import type {Program} from './program.js';

const kubeletConfiguration = (layout: Layout) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: NETWORK.node,
  port: PORTS.kubelet,
  readOnlyPort: 0,
  healthzBindAddress: NETWORK.node,
  healthzPort: PORTS['kubelet (health)'],
  authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: layout.pki('ca.crt')}},
  authorization: {mode: 'Webhook'},
  tlsCertFile: layout.pki('kubelet-serving.crt'),
  tlsPrivateKeyFile: layout.pki('kubelet-serving.key'),
  containerRuntimeEndpoint: `unix://${layout.containerd}`,
  podLogsDir: layout.data('pods-log'),
  volumePluginDir: layout.data('kubelet/volume-plugins'),
  clusterDomain: NETWORK.domain,
  clusterDNS: [NETWORK.dnsService],
  // Pods know no names but the cluster's: nothing in a test may depend on the machine's own resolver.
  resolvConf: '',
  maxPods: 100,
  cgroupDriver: 'cgroupfs',
  failCgroupV1: false,
  failSwapOn: false,
  // Without CAP_SYS_RESOURCE it may not be lowered.
  oomScoreAdj: 0,
  enforceNodeAllocatable: [],
  // Images were imported and can be fetched from nowhere, so they are never collected.
  imageGCHighThresholdPercent: 100,
  evictionHard: {'memory.available': '200Mi', 'nodefs.available': '1Gi', 'imagefs.available': '1Gi'},
});

export async function kubelet(layout: Layout, binaries: string): Promise<Program> {
  await writeFile(layout.config('kubelet.yaml'), stringify(kubeletConfiguration(layout)));
  return {
    name: 'kubelet',
    command: `${binaries}/kubelet`,
    env: inherited(),
    args: flags({
      config: layout.config('kubelet.yaml'),
      kubeconfig: layout.kubeconfig('kubelet'),
      'root-dir': layout.data('kubelet'),
      'cert-dir': layout.data('kubelet/pki'),
      'hostname-override': NODE_NAME,
      'node-ip': NETWORK.node,
    }),
  };
}

const proxyConfiguration = (layout: Layout) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode: 'iptables',
  clientConnection: {kubeconfig: layout.kubeconfig('kube-proxy')},
  hostnameOverride: NODE_NAME,
  clusterCIDR: NETWORK.pods,
  healthzBindAddress: `${NETWORK.node}:${PORTS['kube-proxy (health)']}`,
  metricsBindAddress: `${NETWORK.node}:${PORTS['kube-proxy (metrics)']}`,
  oomScoreAdj: 0,
  // The size of the connection table is the machine's own affair.
  conntrack: {maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s'},
  // Rules are written soon after a change, because tests wait for them.
  iptables: {localhostNodePorts: false, minSyncPeriod: '200ms'},
});

export async function kubeProxy(layout: Layout, binaries: string): Promise<Program> {
  await writeFile(layout.config('kube-proxy.yaml'), stringify(proxyConfiguration(layout)));
  return {
    name: 'kube-proxy',
    command: `${binaries}/kube-proxy`,
    env: inherited(),
    args: flags({config: layout.config('kube-proxy.yaml')}),
  };
}
