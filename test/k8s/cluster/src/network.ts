/**
 * The cluster's own network inside of this machine. The node's address is the bridge's, so API server, etcd and kubelet
 * listen where pods reach them and no other machine does.
 */
export const NETWORK = {
  bridge: 'vvk8s0',
  /** Also the name of the CNI network. */
  name: 'vitalvault-k8s',
  node: '10.197.0.1',
  pods: '10.197.0.0/24',
  services: '10.197.1.0/24',
  apiService: '10.197.1.1',
  dnsService: '10.197.1.10',
  domain: 'cluster.local',
} as const;

export const NODE_NAME = 'vitalvault';

/** What is listened on, all of it at the node's address. */
export const PORTS = {
  'kube-apiserver': 6443,
  etcd: 2379,
  'etcd (peer)': 2380,
  kubelet: 10250,
  'kubelet (health)': 10248,
  'kube-controller-manager': 10257,
  'kube-scheduler': 10259,
  'kube-proxy (health)': 10256,
  'kube-proxy (metrics)': 10249,
} as const;

export const API_SERVER = `https://${NETWORK.node}:${PORTS['kube-apiserver']}`;
